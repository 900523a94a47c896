// Who is signed in at which clinic.

import { api, asProblem, onSignedOut, type Clinic, type Problem, type User } from './api';
import { settings } from './settings.svelte';

class Session {
	clinic = $state.raw<Clinic | null>(null);
	user = $state.raw<User | null>(null);
	/** False until the box has said once who we are, or that it does not know. */
	known = $state(false);
	problem = $state.raw<Problem | null>(null);
	/** Signed out by the box, not by a tap: the sign-in page says so. */
	ended = $state(false);

	constructor() {
		onSignedOut(() => this.end());
	}

	async load() {
		this.problem = null;
		try {
			this.clinic = await api.clinic();
			this.user = this.clinic.needsSetup ? null : await this.#me();
			if (this.user) await settings.suggest(this.user.language);
			this.known = true;
		} catch (e) {
			this.problem = asProblem(e);
		}
	}

	async enter(user: User) {
		await settings.suggest(user.language);
		this.ended = false;
		this.user = user;
	}

	/** The box no longer knows this session. What was typed stays in its drafts. */
	end() {
		if (this.user) this.ended = true;
		this.user = null;
	}

	/** What must be told while the box still knows this session. */
	readonly farewells = new Set<() => unknown>();

	async leave() {
		await Promise.allSettled([...this.farewells].map((say) => say()));
		await api.logout();
		this.user = null;
		this.ended = false;
	}

	async #me(): Promise<User | null> {
		try {
			return await api.me();
		} catch (e) {
			if (asProblem(e).status === 401) return null;
			throw e;
		}
	}
}

export const session = new Session();
