// The sheets over a case, in a chunk of their own: the case is read before one is opened.

export { default as ConflictSheet } from './ConflictSheet.svelte';
export { default as StepSheet } from './StepSheet.svelte';
export { default as VitalsSheet } from './VitalsSheet.svelte';
