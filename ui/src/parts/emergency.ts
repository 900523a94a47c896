// What an emergency opens, in a chunk of its own that is fetched while there is contact.

export { default as AlarmScreen } from './AlarmScreen.svelte';
export { default as SosSheet } from './SosSheet.svelte';
