import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { bundled } from './scripts/bundled.ts';

export default defineConfig(({ mode }) => ({
	plugins: [svelte(), bundled],
	build: {
		target: 'es2022',
		// guide.html is what a tablet sees before it trusts the box.
		rollupOptions: { input: ['index.html', 'guide.html'] },
		// The box's CSP has font-src and img-src 'self': a data: URL would be refused.
		assetsInlineLimit: 0,
		// One stylesheet: twenty small ones weigh a third more, and a part never waits for its own.
		cssCodeSplit: false,
		modulePreload: { polyfill: false }
	},
	server: {
		proxy: {
			'/api': 'http://127.0.0.1:8080',
			'/ws': { target: 'ws://127.0.0.1:8080', ws: true }
		}
	},
	// Without this, tests get Svelte's server build, in which nothing mounts.
	resolve: mode === 'test' ? { conditions: ['browser'] } : {},
	test: { environment: 'jsdom', include: ['src/**/*.test.ts'] }
}));
