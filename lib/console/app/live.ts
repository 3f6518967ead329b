import { useEffect, useState } from 'preact/hooks';
import { Refused } from './api.ts';

/** What was loaded, or why it could not be. */
export type Live<T> = { value?: T; refused?: Refused; reload: () => void };

/** Failures of others than the API are told as an answer that did not come. */
export function refusedBy(error: unknown): Refused {
  return error instanceof Refused ? error : new Refused({});
}

/**
 * Loads, and loads anew after `everyMs`, as long as somebody can see the page: a hidden tab asks nothing. Without a time
 * nothing comes anew by itself.
 */
export function useLive<T>(load: () => Promise<T>, of: string, everyMs?: (value: T) => number | undefined): Live<T> {
  const [state, setState] = useState<Omit<Live<T>, 'reload'> & { of: string }>({ of });
  const [asked, setAsked] = useState(0);
  // `of` says what is loaded, `asked` that it is asked for again
  useEffect(() => {
    let over = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tick = async () => {
      clearTimeout(timer);
      if (document.hidden) return;
      const next = await load().then(
        (value) => ({ of, value }),
        (error: unknown) => ({ of, refused: refusedBy(error) }),
      );
      if (over) return;
      setState(next);
      const ms = 'value' in next ? everyMs?.(next.value) : undefined;
      if (ms !== undefined) timer = setTimeout(tick, ms);
    };
    document.addEventListener('visibilitychange', tick);
    tick();
    return () => {
      over = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', tick);
    };
  }, [of, asked]);
  return { ...(state.of === of && state), reload: () => setAsked(asked + 1) };
}
