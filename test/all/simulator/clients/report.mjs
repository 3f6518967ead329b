/** The robot that a client sends by: DingTalk's, unless it is given another address. */
export const ROBOT = {
  address: process.env.OWN_ADDRESS ?? 'https://oapi.dingtalk.com/robot/send?access_token=simopsrobot',
  secret: 'SECsimopsrobot',
};

/** Makes named calls one after another; a line of JSON tells what became of each. */
export async function report(calls) {
  for (const [call, make] of Object.entries(calls)) {
    try {
      tell({ call, gave: (await make()) ?? null });
    } catch (error) {
      tell({ call, failed: String(error?.message ?? error) });
    }
  }
}

export function tell(what) {
  console.log(JSON.stringify(what));
}

/** A line that a bot heard by Stream. */
export const heard = (what, text) => tell({ heard: what, text });

/** What the simulator shows, asked by its own address. */
export async function shown(text) {
  for (;;) {
    const messages = await (await fetch(`${process.env.SIMULATOR}/_sim/messages`)).json();
    const found = messages.find((message) => JSON.stringify(message).includes(text));
    if (found) return found.msgtype;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
