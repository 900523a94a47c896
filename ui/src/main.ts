import { mount } from 'svelte';
import './app.css';
import App from './App.svelte';
import { settings } from './lib/settings.svelte';

await settings.start();
mount(App, { target: document.getElementById('app')! });

// 104 KB of Devanagari: after the first paint, so an old tablet without it shows words sooner.
requestAnimationFrame(() => setTimeout(() => void import('./fonts'), 200));
