import { mount } from 'svelte';
import './app.css';
import { settings } from './lib/settings.svelte';
import Guide from './portals/Guide.svelte';

await settings.start();
await settings.learn('guide');
mount(Guide, { target: document.getElementById('app')! });
requestAnimationFrame(() => setTimeout(() => void import('./fonts'), 200));
