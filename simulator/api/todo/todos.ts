import type { Todo } from '../../world/records.ts';
import { nextId, remember, type State, tell } from '../../world/state.ts';

export function addTodo(state: State, facts: Omit<Todo, 'id' | 'createdTime' | 'modifiedTime'>): Todo {
  const now = state.clock.now();
  const todo = { id: nextId(state, 'task'), createdTime: now, modifiedTime: now, ...facts };
  remember(state.todos, todo, state.settings.mostKept);
  tell(state, 'todo', todo);
  return todo;
}

export function changeTodo(state: State, todo: Todo, change: Partial<Todo>): void {
  Object.assign(todo, change, { modifiedTime: state.clock.now() });
  tell(state, 'todo', todo);
}

/** All executors done is done; DingTalk does not say so in words. */
export function allDone(todo: Todo): boolean {
  return todo.executorIds.length > 0 && todo.executorIds.every((executor) => todo.doneBy.includes(executor));
}
