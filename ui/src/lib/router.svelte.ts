// Where the person is: the address bar is the state, so the tablet's back button and a reload work.

export type Place =
	| { page: 'home' }
	| { page: 'case'; id: string }
	| { page: 'new'; step: number }
	| { page: 'users' | 'cases' | 'tablets' | 'join' };

/** /case/<id>, /new?step=2, /users, /cases, /tablets, /join; anything else is home. */
export function placeOf(path: string, search: string): Place {
	const [, first, second] = path.split('/');
	if (first === 'case' && second) return { page: 'case', id: decodeURIComponent(second) };
	if (first === 'new')
		return { page: 'new', step: Math.min(6, Math.max(1, Number(new URLSearchParams(search).get('step')) || 1)) };
	if (first === 'users' || first === 'cases' || first === 'tablets' || first === 'join') return { page: first };
	return { page: 'home' };
}

export function hrefOf(place: Place): string {
	if (place.page === 'case') return `/case/${encodeURIComponent(place.id)}`;
	if (place.page === 'new') return `/new?step=${place.step}`;
	return place.page === 'home' ? '/' : `/${place.page}`;
}

class Router {
	place = $state.raw<Place>({ page: 'home' });
	/** Steps taken inside this page: back must not leave the portal. */
	#depth = 0;

	start() {
		this.#read();
		addEventListener('popstate', () => {
			this.#depth = Math.max(0, this.#depth - 1);
			this.#read();
		});
	}

	go(place: Place) {
		if (hrefOf(place) === location.pathname + location.search) return;
		history.pushState(null, '', hrefOf(place));
		this.#depth++;
		this.#read();
	}

	/** Like go, but the page left behind is not in the history: a case after another case, the list after a sent form. */
	replace(place: Place) {
		history.replaceState(null, '', hrefOf(place));
		this.#read();
	}

	back() {
		if (this.#depth > 0) history.back();
		else this.replace({ page: 'home' });
	}

	#read() {
		this.place = placeOf(location.pathname, location.search);
	}
}

export const router = new Router();

/** A second case replaces the first: back goes to the list, not through every case looked at. */
export function openCase(id: string) {
	if (router.place.page === 'case') router.replace({ page: 'case', id });
	else router.go({ page: 'case', id });
}
