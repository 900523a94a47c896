export interface paths {
    "/api/admin/card": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** the card for the wall, to print */
        get: operations["get-api-admin-card"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/clock": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** the box's time, and who vouches for it */
        get: operations["get-api-admin-clock"];
        /** say what time it is */
        put: operations["put-api-admin-clock"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/doctor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** how the box is: every check, with a hint */
        get: operations["get-api-admin-doctor"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/welcome": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** how a tablet comes to the box */
        get: operations["get-api-admin-welcome"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/wifi": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** the Wi-Fi tablets join */
        put: operations["put-api-admin-wifi"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alerts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** what rings */
        get: operations["get-api-alerts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alerts/{id}/ack": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** answer an alarm */
        post: operations["post-api-alerts-id-ack"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/challenge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** what a tablet signs to have a PIN taken */
        post: operations["post-api-auth-challenge"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** sign in */
        post: operations["post-api-auth-login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** sign out here */
        post: operations["post-api-auth-logout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** who is signed in here */
        get: operations["get-api-auth-me"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** change one's own password */
        post: operations["post-api-auth-password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/cases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** cases, most urgent first */
        get: operations["get-api-cases"];
        put?: never;
        /** open a case */
        post: operations["post-api-cases"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/cases/update-status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** take a step */
        patch: operations["patch-api-cases-update-status"];
        trace?: never;
    };
    "/api/cases/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** a whole case */
        get: operations["get-api-cases-id"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/cases/{id}/clinician-review": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** accept, refer or prescribe */
        put: operations["put-api-cases-id-clinician-review"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/cases/{id}/comments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** write on a case */
        post: operations["post-api-cases-id-comments"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/cases/{id}/lock": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** be busy with a case, or be handed it */
        put: operations["put-api-cases-id-lock"];
        post?: never;
        /** let go of a case */
        delete: operations["delete-api-cases-id-lock"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/cases/{id}/patient": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** correct a patient's record */
        patch: operations["patch-api-cases-id-patient"];
        trace?: never;
    };
    "/api/cases/{id}/review": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** approve, reject or escalate */
        put: operations["put-api-cases-id-review"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/cases/{id}/seen": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** say that one has looked at a case */
        post: operations["post-api-cases-id-seen"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/cases/{id}/timeline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** what happened to a case */
        get: operations["get-api-cases-id-timeline"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/cases/{id}/vitals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** add readings and signs */
        post: operations["post-api-cases-id-vitals"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clinic": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** what the sign-in page needs */
        get: operations["get-api-clinic"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/codes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** give a person a code for a new tablet or a new PIN */
        post: operations["post-api-codes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/codes/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** whom a code is for */
        post: operations["post-api-codes-check"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/devices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** the clinic's tablets */
        get: operations["get-api-devices"];
        put?: never;
        /** bring a tablet into the clinic, with a code */
        post: operations["post-api-devices"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/devices/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** rename, unlock or send away a tablet */
        patch: operations["patch-api-devices-id"];
        trace?: never;
    };
    "/api/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** the stream, by long-poll */
        get: operations["get-api-events"];
        put?: never;
        /** what a tablet without a socket says */
        post: operations["post-api-events"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/routes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** this list */
        get: operations["get-api-routes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** the rule pack: signs, limits, thresholds */
        get: operations["get-api-rules"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** name an empty clinic and make its first admin */
        post: operations["post-api-setup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sos": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** call for help */
        post: operations["post-api-sos"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sync": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** what a tablet saved up while out of reach */
        post: operations["post-api-sync"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/team": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** an ASHA's CHWs */
        get: operations["get-api-team"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** staff */
        get: operations["get-api-users"];
        put?: never;
        /** add staff */
        post: operations["post-api-users"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** change staff */
        patch: operations["patch-api-users-id"];
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 200 if a write and a read just worked */
        get: operations["get-healthz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        /** the same, for monitors that ask so */
        head: operations["head-healthz"];
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Prometheus text */
        get: operations["get-metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** the API as OpenAPI 3.1 */
        get: operations["get-openapi.json"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/trust": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** whoever can load it trusts the box */
        get: operations["get-trust"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ws": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** the stream, by WebSocket */
        get: operations["get-ws"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Account: {
            name: string;
            role: string;
            username: string;
        };
        Advice: {
            /** @description what to do; there unless the state is ok */
            hint?: string;
            sentence: string;
            title: string;
        };
        Age: {
            /** @enum {string} */
            unit: "days" | "months" | "years";
            /** Format: int64 */
            value: number;
        };
        AlarmData: {
            ackNeeded: boolean;
            caseId?: string;
            id: string;
            /** @enum {string} */
            kind: "red" | "sos";
            /** Format: int64 */
            level: number;
            message: string;
            row?: components["schemas"]["Row"];
            sos?: components["schemas"]["SOSData"];
            /**
             * Format: date-time
             * @description when it first rang
             */
            timestamp: string;
        };
        AlarmOutputBody: {
            alert: components["schemas"]["AlarmData"];
        };
        AlarmsOutputBody: {
            alerts: components["schemas"]["AlarmData"][] | null;
        };
        Asked: {
            by: components["schemas"]["Person"];
            /**
             * Format: date-time
             * @description RFC 3339 UTC with milliseconds
             */
            until: string;
        };
        Body: {
            diagnosis?: string;
            duplicateOf?: string;
            /** @description YYYY-MM-DD */
            followUpDate?: string;
            notes?: string;
            outcome?: string;
            plan?: string;
            prescription?: components["schemas"]["Prescription"][] | null;
            reason?: string;
            referral?: components["schemas"]["Referral"];
            referralStatus?: string;
            /** @description for lower_urgency */
            to?: string;
        };
        CaseBody: {
            case: components["schemas"]["View"];
        };
        ChallengeOutputBody: {
            nonce: string;
        };
        CheckCodeOutputBody: {
            /** @description whether this tablet belongs to the clinic already */
            known: boolean;
            name: string;
            needsPin: boolean;
            role: string;
            username: string;
        };
        ClinicOutputBody: {
            /** @description the demo's accounts */
            accounts?: components["schemas"]["Account"][] | null;
            demo: boolean;
            languages: string[] | null;
            name: string;
            /** @description true until the first admin is there */
            needsSetup: boolean;
            /** @description null on a browser that is no tablet of the clinic */
            tablet: components["schemas"]["ThisTablet"];
            version: string;
        };
        ClinicianReviewInputBody: {
            /** @enum {string} */
            action: "accept" | "refer" | "prescribe";
            /**
             * Format: int64
             * @description the case's seq as you last saw it
             */
            baseSeq?: number;
            diagnosis?: string;
            duplicateOf?: string;
            /**
             * Format: int64
             * @description of the lock under which you began; refused once it is not the case's any more
             */
            fence?: number;
            /** @description YYYY-MM-DD */
            followUpDate?: string;
            notes?: string;
            outcome?: string;
            plan?: string;
            prescription?: components["schemas"]["Prescription"][] | null;
            reason?: string;
            referral?: components["schemas"]["Referral"];
            referralStatus?: string;
            /** @description for lower_urgency */
            to?: string;
        };
        ClockReport: {
            /** @description false: the computer's clock cannot be right, and the box counts on from the last time it knew */
            believed: boolean;
            /**
             * Format: date-time
             * @description what the computer's own clock shows
             */
            computer: string;
            /**
             * Format: date-time
             * @description the box's time
             */
            now: string;
            /**
             * Format: date-time
             * @description when an admin set it last, by the time she said
             */
            setTo?: string;
            /**
             * @description who vouches for it
             * @enum {string}
             */
            state: "unset" | "admin" | "tablets" | "ntp" | "rtc";
            /** @description what tablets show, if that is another time; else null */
            suggested: components["schemas"]["SuggestedTime"];
        };
        CodeInputBody: {
            userId: string;
        };
        Comment: {
            /**
             * Format: date-time
             * @description RFC 3339 UTC with milliseconds
             */
            at: string;
            by: components["schemas"]["Person"];
            id: string;
            /**
             * Format: date-time
             * @description when an offline author wrote it, by her own clock
             */
            madeAt?: string;
            /** Format: int64 */
            seq: number;
            text: string;
        };
        CommentBody: {
            text: string;
        };
        CommentOutputBody: {
            case: components["schemas"]["View"];
            comment: components["schemas"]["Comment"];
        };
        Condition: {
            all?: components["schemas"]["Condition"][] | null;
            any?: components["schemas"]["Condition"][] | null;
            /** Format: double */
            gte?: number;
            /** @description avpu letters */
            in?: string;
            /** Format: double */
            lt?: number;
            /** Format: double */
            lte?: number;
            sign?: string;
            /**
             * Format: int64
             * @description one parameter alone scores at least this
             */
            single?: number;
            /**
             * Format: int64
             * @description the engine's score is at least this
             */
            total?: number;
            unrecordable?: boolean;
            vital?: string;
        };
        Consent: {
            /**
             * Format: date-time
             * @description RFC 3339 UTC with milliseconds
             */
            at: string;
            by: components["schemas"]["Ref"];
            given: true | "emergency";
        };
        CreateUserInputBody: {
            /** @enum {string} */
            language?: "hi" | "en";
            name: string;
            /** @description may be absent for who signs in by PIN on the clinic's tablets: CHWs and ASHAs */
            password?: string;
            phone?: string;
            /** @enum {string} */
            role: "chw" | "asha" | "clinician" | "admin";
            /** @description the ASHA of a CHW */
            supervisorId?: string;
            username: string;
        };
        Device: {
            /**
             * Format: date-time
             * @description RFC 3339 UTC with milliseconds
             */
            createdAt: string;
            id: string;
            /**
             * Format: date-time
             * @description when somebody was last signed in on it, to five minutes; when it was enrolled, if nobody was
             */
            lastSeen: string;
            /** @description after five wrong PINs; it needs an unlock or a new code */
            locked: boolean;
            name: string;
            /** @description who has signed in on it, the latest first */
            people: components["schemas"]["Ref"][] | null;
            revoked: boolean;
        };
        DeviceInputBody: {
            /**
             * @description false: after wrong PINs, it may be tried again
             * @enum {boolean}
             */
            locked?: false;
            name?: string;
            /**
             * @description true: it no longer belongs to the clinic; for good
             * @enum {boolean}
             */
            revoked?: true;
        };
        DeviceOutputBody: {
            device: components["schemas"]["Device"];
        };
        DevicesOutputBody: {
            devices: components["schemas"]["Device"][] | null;
        };
        Dose: {
            unit: string;
            /** Format: double */
            value: number;
        };
        Engine: {
            bands: string[] | null;
            code: string;
            /** @description whether the engine may say GREEN at all */
            green: boolean;
            /** @description true = only in pregnancy and up to 42 days after birth, false = never then */
            pregnant?: boolean;
            /** @description vitals, or "signs", without which the engine cannot say GREEN */
            required: string[] | null;
            rules: components["schemas"]["Rule"][] | null;
            score?: components["schemas"]["Score"];
        };
        EnrolInputBody: {
            /** @description of the box that gave it, if it was scanned */
            box?: string;
            code: string;
            /** @description first digits of that box's certificate authority */
            fingerprint?: string;
            /** @description public half of the tablet's own P-256 key: the uncompressed point, base64url */
            key: string;
            /** @description of the tablet, if it is new */
            name?: string;
            /** @description 6 digits, where the person needs one */
            pin?: string;
        };
        EnrolledOutputBody: {
            device: components["schemas"]["Device"];
            user: components["schemas"]["User"];
        };
        FieldError: {
            code: string;
            field: string;
            /**
             * Format: double
             * @description highest value accepted, for hard_limit and confirm
             */
            max?: number;
            message: string;
            /**
             * Format: double
             * @description lowest value accepted, for hard_limit and confirm
             */
            min?: number;
        };
        Finding: {
            check: string;
            en: components["schemas"]["Advice"];
            /** @description what the sentences were filled with */
            facts: {
                [key: string]: string;
            };
            hi: components["schemas"]["Advice"];
            /** @description why, as a code that never changes its meaning */
            outcome: string;
            /** @enum {string} */
            state: "ok" | "warn" | "fail" | "unknown";
        };
        Fired: {
            inputs: components["schemas"]["Input"][] | null;
            rule: string;
            /**
             * Format: int64
             * @description position of the newest finding it rests on
             */
            seq?: number;
            source: string;
            urgency: string;
        };
        Frame: {
            /** @description viewing, typing: which case; null = none any more */
            caseId?: string | null;
            /**
             * Format: date-time
             * @description clock: what the tablet's own shows
             */
            now?: string;
            /**
             * Format: int64
             * @description ack: the newest position heard
             */
            seq?: number;
            /** @enum {string} */
            type: "viewing" | "typing" | "ack" | "ping" | "clock";
        };
        FramesInputBody: {
            frames: components["schemas"]["Frame"][] | null;
        };
        FramesOutputBody: {
            /** @description presence; and for the case that is viewed viewing, typing and lock */
            frames: {
                data: Record<string, never>;
                type: string;
            }[] | null;
        };
        GivenCode: {
            /** @description ABCD-EFGH, to be typed where nothing can be scanned */
            code: string;
            /** @description whether it brings a new tablet into the clinic */
            enrols: boolean;
            /**
             * Format: date-time
             * @description RFC 3339 UTC with milliseconds
             */
            expiresAt: string;
            for: components["schemas"]["User"];
            /** @description the page that takes the code, for a tablet that trusts the box */
            join: components["schemas"]["Way"];
            /** @description how a new tablet comes that far; null if the code enrols none */
            welcome: components["schemas"]["Welcome"];
        };
        Input: {
            /** @description gte, lte or lt; empty for a sign */
            cmp?: string;
            /** @description a vital, a sign, or the name of a score */
            field: string;
            /** Format: double */
            threshold?: number;
            value?: string;
        };
        Limits: {
            /** Format: int64 */
            decimals: number;
            field: string;
            hard: number[] | null;
            slips?: components["schemas"]["Slip"][] | null;
            soft: components["schemas"]["SoftLimit"][] | null;
            unit: string;
        };
        ListOutputBody: {
            cases: components["schemas"]["Row"][] | null;
            epoch: string;
            /**
             * Format: int64
             * @description position of the log in the first page's own snapshot
             */
            head: number;
            /** @description by case id: who is busy with which of them */
            locks: {
                [key: string]: components["schemas"]["Lock"];
            };
            /** @description null on the last page */
            nextCursor: string | null;
            /** @description by case id: comments you have not looked at; absent = none */
            unread: {
                [key: string]: number;
            };
        };
        Lock: {
            asked: components["schemas"]["Asked"] | null;
            /**
             * Format: date-time
             * @description RFC 3339 UTC with milliseconds
             */
            expiresAt: string;
            /**
             * Format: int64
             * @description grows with every new holding of the case; a step that carries an old one is refused
             */
            fence: number;
            holder: components["schemas"]["Person"];
            /**
             * Format: date-time
             * @description RFC 3339 UTC with milliseconds
             */
            since: string;
        };
        LockInputBody: {
            /**
             * @description take if absent
             * @enum {string}
             */
            do?: "take" | "ask" | "give" | "keep" | "take_over";
        };
        LockOutputBody: {
            /** @description null when nobody holds the case */
            lock: components["schemas"]["Lock"];
        };
        LoginInputBody: {
            password?: string;
            /** @description instead of the password, on a tablet of the clinic */
            pin?: string;
            /** @description with a PIN: the tablet's, over what /api/auth/challenge gave it */
            signature?: string;
            username: string;
        };
        NewCase: {
            complaint?: string;
            /** @description vitals outside a soft limit that were measured again */
            confirmed?: string[] | null;
            patient?: components["schemas"]["NewPatient"];
            /** @description a patient already known, instead of patient */
            patientId?: string;
            /** @description absent = not asked, [] = asked and none found */
            signs?: string[] | null;
            /** @description A reading is a number, {"unrecordable": true}, {"notDone": reason} or, for glucose, "LO" or "HI". */
            vitals?: {
                avpu?: ("A" | "C" | "V" | "P" | "U") | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                diastolic?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                glucoseMgDl?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null | ("LO" | "HI");
                hbGdl?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                heightCm?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                muacMm?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                onOxygen?: boolean | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                pulse?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                respRate?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                spo2?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                systolic?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                tempC?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                weightKg?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
            };
        };
        NewPatient: {
            abhaAddress?: string;
            /** @description 14 digits, with or without separators */
            abhaNumber?: string;
            /** @enum {string} */
            abhaStatus?: "SELF_REPORTED" | "CARD_SEEN" | "VERIFIED_ONLINE";
            age?: components["schemas"]["Age"];
            allergies?: string[] | null;
            /** @description YYYY-MM-DD */
            birthDate?: string;
            /** @enum {string} */
            birthPrecision?: "DAY" | "MONTH" | "YEAR" | "ESTIMATED_AGE";
            /** @description true, or "emergency" */
            consent: true | "emergency";
            emergencyContact?: string;
            guardianName?: string;
            /** @enum {string} */
            guardianRelation?: "SO" | "DO" | "WO";
            latinName?: string;
            /** @description as spoken; "unknown" for an unconscious stranger */
            name: string;
            /** @description 10 digits, the first 6 to 9 */
            phone?: string;
            /** @enum {string} */
            phoneOwner?: "SELF" | "FAMILY" | "NEIGHBOUR" | "ASHA";
            /** Format: int64 */
            postpartumDays?: number | null;
            pregnancy?: components["schemas"]["Pregnancy"];
            /** @enum {string} */
            sex?: "F" | "M" | "O" | "U";
            village?: string;
        };
        Pack: {
            bands: string[] | null;
            engines: components["schemas"]["Engine"][] | null;
            pack: string;
            profile: string;
            /** @description a clinician of this clinic has read and accepted the rules */
            signedOff: boolean;
            signs: components["schemas"]["Sign"][] | null;
            vitals: components["schemas"]["Limits"][] | null;
        };
        PasswordInputBody: {
            current: string;
            next: string;
        };
        Patient: {
            /** @description such as sunita.devi@abdm */
            abhaAddress?: string;
            /** @description 14 digits, as 2-4-4-4 */
            abhaNumber?: string;
            /** @description SELF_REPORTED, CARD_SEEN or VERIFIED_ONLINE */
            abhaStatus?: string;
            age: components["schemas"]["Age"] | null;
            /**
             * Format: date-time
             * @description RFC 3339 UTC with milliseconds
             */
            ageRecordedOn?: string;
            /** @description ["none_known"], ["not_asked"], or what the patient is allergic to */
            allergies: string[] | null;
            birthDate?: string;
            /** @description DAY, MONTH, YEAR or ESTIMATED_AGE */
            birthPrecision?: string;
            consent: components["schemas"]["Consent"];
            emergencyContact?: string;
            guardianName?: string;
            /** @description SO, DO or WO */
            guardianRelation?: string;
            /** @description recorded by a clinician: NEWS2 uses SpO2 scale 2 */
            hypercapnicFailure?: boolean;
            id: string;
            latinName?: string;
            /** @description as spoken, in any script; may be "unknown" */
            name: string;
            /** @description clinic number, ending in a check digit */
            number: string;
            phone?: string;
            /** @description SELF, FAMILY, NEIGHBOUR or ASHA */
            phoneOwner?: string;
            /**
             * Format: int64
             * @description days since birth at the time of writing
             */
            postpartumDays: number | null;
            /**
             * Format: date-time
             * @description RFC 3339 UTC with milliseconds
             */
            postpartumOn?: string;
            pregnancy: components["schemas"]["Pregnancy"] | null;
            /** @enum {string} */
            sex: "F" | "M" | "O" | "U";
            village?: string;
        };
        PatientBodyValue: {
            /** @description as you saw it */
            from?: unknown;
            /** @description as it should be */
            to: unknown;
        };
        Person: {
            id: string;
            name: string;
            role: string;
        };
        Port: {
            addresses: string[] | null;
            interface: string;
            mac: string;
        };
        Pregnancy: {
            /**
             * Format: date-time
             * @description RFC 3339 UTC with milliseconds
             */
            on?: string;
            /** Format: int64 */
            weeks: number;
        };
        Prescription: {
            /**
             * Format: date-time
             * @description RFC 3339 UTC with milliseconds
             */
            at?: string;
            by?: components["schemas"]["Person"];
            dose: components["schemas"]["Dose"];
            /** Format: int64 */
            durationDays: number;
            /** @description DUPLICATE_THERAPY, ALLERGY: not to be given out until settled */
            flags?: string[] | null;
            /** @description tablet, syrup, injection … */
            form: string;
            /** @description local formulary code */
            formularyId?: string;
            /** @enum {string} */
            frequency: "OD" | "BD" | "TDS" | "QID" | "HS" | "SOS" | "STAT" | "WEEKLY";
            /** @description generic name, never a brand */
            generic: string;
            id?: string;
            indication?: string;
            instructions?: string;
            /** @description why it is given in spite of a known allergy */
            override?: string;
            pregnant?: boolean;
            /**
             * Format: double
             * @description computed from dose, frequency and days if absent
             */
            quantity?: number;
            /** @description oral, IM, IV, topical … */
            route: string;
            /** @description active, stopped … */
            status?: string;
            strength?: string;
            /**
             * Format: double
             * @description from the frequency; 0 when as needed
             */
            timesPerDay?: number;
            /**
             * Format: double
             * @description the newest weight when it was written
             */
            weightKg?: number;
        };
        Problem: {
            /** @description conflict: the steps you may take now */
            allowed?: string[] | null;
            /** @description conflict: who moved the case last */
            by?: components["schemas"]["Person"];
            /** @enum {string} */
            code: "invalid" | "confirm" | "unauthenticated" | "forbidden" | "not_found" | "conflict" | "locked" | "too_large" | "too_many" | "old_client" | "read_only" | "busy" | "internal";
            /** @description conflict: where the case stands */
            current?: string;
            /** @description a sentence for a person: what happened and what to do */
            detail: string;
            errors?: components["schemas"]["FieldError"][] | null;
            /** @description locked: who is busy with the case; absent when it is free by now */
            lock?: components["schemas"]["Lock"];
            /** Format: int64 */
            status: number;
            title: string;
            type: string;
        };
        Ref: {
            id: string;
            name: string;
        };
        Referral: {
            by?: components["schemas"]["Person"];
            destination?: string;
            escort?: string;
            /**
             * Format: date-time
             * @description RFC 3339 UTC with milliseconds
             */
            issuedAt?: string;
            /** @enum {string} */
            level?: "SC" | "PHC" | "CHC" | "FRU" | "SDH" | "DH" | "MC";
            notes?: string;
            phone?: string;
            /** @description drug, dose and time given before leaving */
            preTreatment?: string;
            reason: string;
            /** @description ISSUED, DEPARTED, ARRIVED, SEEN; ended: BACK, REFUSED, NOT_ARRIVED, DIED */
            status?: string;
            /** @description when each later status was reported */
            times?: {
                [key: string]: string;
            };
            /** @enum {string} */
            transport?: "108" | "102" | "PRIVATE" | "NONE";
            /** @enum {string} */
            urgency?: "EMERGENCY" | "URGENT" | "ROUTINE";
        };
        Regular: {
            /** @description signs in here by PIN */
            byPin: boolean;
            name: string;
            role: string;
            username: string;
        };
        Report: {
            /**
             * Format: date-time
             * @description RFC 3339 UTC with milliseconds
             */
            at: string;
            checks: components["schemas"]["Finding"][] | null;
            /** @description the database and the log were read from end to end */
            whole: boolean;
        };
        ReviewInputBody: {
            /** @enum {string} */
            action: "approve" | "reject" | "escalate";
            /**
             * Format: int64
             * @description the case's seq as you last saw it
             */
            baseSeq?: number;
            diagnosis?: string;
            duplicateOf?: string;
            /**
             * Format: int64
             * @description of the lock under which you began; refused once it is not the case's any more
             */
            fence?: number;
            /** @description YYYY-MM-DD */
            followUpDate?: string;
            notes?: string;
            outcome?: string;
            plan?: string;
            prescription?: components["schemas"]["Prescription"][] | null;
            reason?: string;
            referral?: components["schemas"]["Referral"];
            referralStatus?: string;
            /** @description for lower_urgency */
            to?: string;
        };
        Route: {
            about: string;
            /** @description admits also everybody on the box itself */
            loopback: boolean;
            method: string;
            path: string;
            /** @description admits also who is not signed in */
            public: boolean;
            /** @description who is admitted; whether a case is theirs to see is asked after */
            roles: string[] | null;
        };
        RoutesOutputBody: {
            routes: components["schemas"]["Route"][] | null;
        };
        Row: {
            carriers: string[] | null;
            clinician: components["schemas"]["Person"] | null;
            /** Format: int64 */
            commentCount: number;
            complaint: string;
            /**
             * Format: date-time
             * @description RFC 3339 UTC with milliseconds
             */
            createdAt: string;
            createdBy: components["schemas"]["Person"];
            id: string;
            /** @description A reading is a number, {"unrecordable": true}, {"notDone": reason} or, for glucose, "LO" or "HI". */
            latest: {
                avpu?: ("A" | "C" | "V" | "P" | "U") | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                diastolic?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                glucoseMgDl?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null | ("LO" | "HI");
                hbGdl?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                heightCm?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                muacMm?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                onOxygen?: boolean | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                pulse?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                respRate?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                spo2?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                systolic?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                tempC?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                weightKg?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
            };
            missing: string[] | null;
            /** @description the role that must act, empty when none must */
            needs: string;
            number: string;
            open: boolean;
            patient: components["schemas"]["RowPatient"];
            referral: components["schemas"]["RowReferral"] | null;
            reviewer: components["schemas"]["Person"] | null;
            /** Format: int64 */
            seq: number;
            signs: string[] | null;
            status: string;
            /**
             * Format: date-time
             * @description RFC 3339 UTC with milliseconds
             */
            statusSince: string;
            /**
             * Format: date-time
             * @description RFC 3339 UTC with milliseconds
             */
            updatedAt: string;
            urgency: string;
            /** Format: int64 */
            vitalsCount: number;
            waiting: string[] | null;
            why: components["schemas"]["Why"][] | null;
        };
        RowPatient: {
            age: components["schemas"]["Age"];
            name: string;
            /** Format: int64 */
            pregnantWeeks: number | null;
            sex: string;
            village: string;
        };
        RowReferral: {
            status: string;
        };
        Rule: {
            bands?: string[] | null;
            id: string;
            /** @description R checked against a transcription of the source, K to be confirmed, D the project's own */
            mark: string;
            source: string;
            urgency: string;
            when: components["schemas"]["Condition"];
        };
        SOS: {
            /** @description where help is needed */
            location: string;
            message?: string;
        };
        SOSData: {
            id: string;
            location: string;
            message: string;
            phone: string;
            senderId: string;
            senderName: string;
            senderRole: string;
            /**
             * Format: date-time
             * @description RFC 3339 UTC with milliseconds
             */
            timestamp: string;
        };
        SavedUp: {
            /**
             * Format: date-time
             * @description when it was done, by the tablet's clock
             */
            at?: string;
            /**
             * Format: int64
             * @description the case's seq as its author saw it
             */
            baseSeq?: number;
            /** @description what the same thing takes online */
            body?: unknown;
            /** @description for case.create the id the tablet gave the case */
            caseId: string;
            /**
             * Format: int64
             * @description how far the box's clock was ahead of the tablet's
             */
            clockOffsetMs?: number;
            /** @description UUIDv7 of the command; sent twice it acts once */
            id: string;
            /** @description case.create, case.<step>, vitals.add, comment.add or patient.update */
            kind: string;
        };
        Score: {
            name: string;
            points: components["schemas"]["ScoreLine"][] | null;
        };
        ScoreLine: {
            in?: string;
            /** Format: double */
            max?: number;
            /** Format: double */
            min?: number;
            oxygen?: boolean;
            /** Format: int64 */
            points: number;
            /** Format: int64 */
            scale?: number;
            /** @description low or high: which way the value is off */
            side?: string;
            vital: string;
        };
        Seen: {
            by: components["schemas"]["Person"];
            /** Format: int64 */
            seq: number;
        };
        SeenInputBody: {
            /**
             * Format: int64
             * @description the case's seq as shown
             */
            seq: number;
        };
        SetClockInputBody: {
            /**
             * Format: date-time
             * @description what time it is
             */
            now: string;
        };
        SetupInputBody: {
            clinicName: string;
            /** @description as the box printed it when it started */
            code: string;
            /**
             * @description hi if absent
             * @enum {string}
             */
            language?: "hi" | "en";
            name: string;
            password: string;
            username: string;
        };
        Sign: {
            /** @description absent = every age */
            bands?: string[] | null;
            code: string;
            danger: boolean;
            /** @description asked only in pregnancy and up to 42 days after birth */
            pregnant?: boolean;
        };
        Slip: {
            bands?: string[] | null;
            /** Format: double */
            max: number;
            /** Format: double */
            min: number;
            unit: string;
        };
        SoftLimit: {
            bands?: string[] | null;
            /** Format: double */
            max: number;
            /** Format: double */
            min: number;
        };
        SosOutputBody: {
            sos: components["schemas"]["SOSData"];
        };
        Square: {
            path: string;
            /** Format: int64 */
            size: number;
        };
        StatusInputBody: {
            /** @description a step or its alias */
            action?: string;
            /**
             * Format: int64
             * @description the case's seq as you last saw it
             */
            baseSeq?: number;
            caseId: string;
            diagnosis?: string;
            duplicateOf?: string;
            /**
             * Format: int64
             * @description of the lock under which you began; refused once it is not the case's any more
             */
            fence?: number;
            /** @description YYYY-MM-DD */
            followUpDate?: string;
            notes?: string;
            outcome?: string;
            plan?: string;
            prescription?: components["schemas"]["Prescription"][] | null;
            reason?: string;
            referral?: components["schemas"]["Referral"];
            referralStatus?: string;
            /** @description instead of action: where the case should stand */
            status?: string;
            /** @description for lower_urgency */
            to?: string;
        };
        StepBody: {
            case: components["schemas"]["View"];
            success: boolean;
        };
        SuggestedTime: {
            /**
             * Format: date-time
             * @description RFC 3339 UTC with milliseconds
             */
            now: string;
            /**
             * Format: int64
             * @description how many show it
             */
            tablets: number;
        };
        SyncInputBody: {
            commands: components["schemas"]["SavedUp"][] | null;
            /** @description of the tablet that saved it up; one of the clinic's sends its own or none */
            deviceId?: string;
        };
        SyncOutputBody: {
            epoch: string;
            /** Format: int64 */
            head: number;
            results: components["schemas"]["SyncResult"][] | null;
        };
        SyncResult: {
            /** @description where the case stands now */
            current?: string;
            id: string;
            /** @enum {string} */
            outcome: "applied" | "rebased" | "already" | "superseded" | "held" | "rejected";
            /** @description rejected: why */
            problem?: components["schemas"]["Problem"];
            /**
             * Format: int64
             * @description of the event it made
             */
            seq?: number;
        };
        TakenVitals: {
            confirmed?: string[] | null;
            signs?: string[] | null;
            /** @description A reading is a number, {"unrecordable": true}, {"notDone": reason} or, for glucose, "LO" or "HI". */
            vitals?: {
                avpu?: ("A" | "C" | "V" | "P" | "U") | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                diastolic?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                glucoseMgDl?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null | ("LO" | "HI");
                hbGdl?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                heightCm?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                muacMm?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                onOxygen?: boolean | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                pulse?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                respRate?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                spo2?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                systolic?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                tempC?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                weightKg?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
            };
        };
        ThisTablet: {
            locked: boolean;
            name: string;
            /** @description who uses it, the latest first */
            people: components["schemas"]["Regular"][] | null;
        };
        TimelineEntry: {
            actor: components["schemas"]["Person"];
            /**
             * Format: date-time
             * @description RFC 3339 UTC with milliseconds
             */
            at: string;
            data: unknown;
            /** Format: int64 */
            seq: number;
            step: string;
            type: string;
        };
        TimelineOutputBody: {
            events: components["schemas"]["TimelineEntry"][] | null;
            nextCursor: string | null;
        };
        Total: {
            complete: boolean;
            name: string;
            /** Format: int64 */
            total: number;
        };
        Triage: {
            ageUncertain: boolean;
            /** @description false in an age band whose rules are not all in the pack */
            canBeGreen: boolean;
            fired: components["schemas"]["Fired"][] | null;
            missing: string[] | null;
            /** @description the readings of a score are more than 60 minutes apart */
            mixedTimes: boolean;
            pack: string;
            score: components["schemas"]["Total"] | null;
            urgency: string;
        };
        UpdateUserInputBody: {
            active?: boolean;
            /** @enum {string} */
            language?: "hi" | "en";
            name?: string;
            password?: string;
            phone?: string;
            /** @enum {string} */
            role?: "chw" | "asha" | "clinician" | "admin";
            supervisorId?: string;
        };
        UsedCode: {
            /** @description of the box that gave it, if it was scanned */
            box?: string;
            code: string;
            /** @description first digits of that box's certificate authority */
            fingerprint?: string;
        };
        User: {
            active: boolean;
            /**
             * Format: date-time
             * @description RFC 3339 UTC with milliseconds
             */
            createdAt: string;
            id: string;
            /** @description hi or en */
            language: string;
            name: string;
            phone: string;
            role: string;
            supervisor: components["schemas"]["Ref"] | null;
            username: string;
        };
        UserBody: {
            user: components["schemas"]["User"];
        };
        UsersOutputBody: {
            users: components["schemas"]["User"][] | null;
        };
        View: {
            /** @description the steps this person may take now */
            allowed: string[] | null;
            carriers: string[] | null;
            clinician: components["schemas"]["Person"] | null;
            coReviewers: components["schemas"]["Person"][] | null;
            /** Format: int64 */
            commentCount: number;
            /** @description oldest first, the newest 200 */
            comments: components["schemas"]["Comment"][] | null;
            complaint: string;
            /**
             * Format: date-time
             * @description RFC 3339 UTC with milliseconds
             */
            createdAt: string;
            createdBy: components["schemas"]["Person"];
            diagnosis: string;
            duplicateOf?: string;
            followUpDate?: string;
            id: string;
            /** @description A reading is a number, {"unrecordable": true}, {"notDone": reason} or, for glucose, "LO" or "HI". */
            latest: {
                avpu?: ("A" | "C" | "V" | "P" | "U") | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                diastolic?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                glucoseMgDl?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null | ("LO" | "HI");
                hbGdl?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                heightCm?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                muacMm?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                onOxygen?: boolean | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                pulse?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                respRate?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                spo2?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                systolic?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                tempC?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                weightKg?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
            };
            lock: components["schemas"]["Lock"] | null;
            missing: string[] | null;
            /** @description the role that must act, empty when none must */
            needs: string;
            notes: string;
            number: string;
            open: boolean;
            outcome: string;
            patient: components["schemas"]["Patient"];
            plan: string;
            prescriptions: components["schemas"]["Prescription"][] | null;
            reason: string;
            referral: components["schemas"]["Referral"] | null;
            relook: boolean;
            reviewer: components["schemas"]["Person"] | null;
            /** @description who has looked at it, up to which position of the log; kept from the first comment on */
            seenBy: components["schemas"]["Seen"][] | null;
            /** Format: int64 */
            seq: number;
            signs: string[] | null;
            status: string;
            /**
             * Format: date-time
             * @description RFC 3339 UTC with milliseconds
             */
            statusSince: string;
            triage: components["schemas"]["Triage"];
            /**
             * Format: date-time
             * @description RFC 3339 UTC with milliseconds
             */
            updatedAt: string;
            urgency: string;
            /** @description newest first, at most 200 */
            vitals: components["schemas"]["VitalsSet"][] | null;
            /** Format: int64 */
            vitalsCount: number;
            waiting: string[] | null;
            why: components["schemas"]["Why"][] | null;
        };
        VitalsSet: {
            /**
             * Format: date-time
             * @description RFC 3339 UTC with milliseconds
             */
            at: string;
            by: components["schemas"]["Person"];
            confirmed?: string[] | null;
            id: string;
            /**
             * Format: date-time
             * @description when an offline author took it, by her own clock
             */
            madeAt?: string;
            /** Format: int64 */
            seq: number;
            signs: string[] | null;
            /** @description A reading is a number, {"unrecordable": true}, {"notDone": reason} or, for glucose, "LO" or "HI". */
            vitals: {
                avpu?: ("A" | "C" | "V" | "P" | "U") | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                diastolic?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                glucoseMgDl?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null | ("LO" | "HI");
                hbGdl?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                heightCm?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                muacMm?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                onOxygen?: boolean | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                pulse?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                respRate?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                spo2?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                systolic?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                tempC?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
                weightKg?: number | {
                    unrecordable: boolean;
                } | {
                    notDone: string;
                } | null;
            };
        };
        Way: {
            qr: components["schemas"]["Square"];
            url: string;
        };
        Welcome: {
            boxId: string;
            /** @description the box's network interfaces, for a fixed address from the router */
            boxes: components["schemas"]["Port"][] | null;
            clinic: string;
            /** @description of the certificate, in four groups, to be compared with the card; empty without HTTPS */
            fingerprint: string;
            /** @description the page that makes a tablet trust the box, by each address; first the one to try first */
            guide: components["schemas"]["Way"][] | null;
            /** @description the Wi-Fi as a QR code; empty without one */
            joinWifi: components["schemas"]["Square"];
            /** @description of the box on the network, such as aarogya.local; empty without HTTPS */
            name: string;
            /** @description null until an admin says what it is */
            wifi: components["schemas"]["WiFi"];
        };
        Why: {
            cmp?: string;
            field?: string;
            rule: string;
            urgency: string;
            value?: string;
        };
        WiFi: {
            /** @description empty for an open network */
            password: string;
            ssid: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    "get-api-admin-card": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the card for the wall, to print */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "get-api-admin-clock": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClockReport"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "put-api-admin-clock": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetClockInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClockReport"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Insufficient Storage */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-api-admin-doctor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Report"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-api-admin-welcome": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Welcome"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "put-api-admin-wifi": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WiFi"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Insufficient Storage */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-api-alerts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmsOutputBody"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "post-api-alerts-id-ack": {
        parameters: {
            query?: never;
            header?: {
                /** @description UUIDv7 of the command; sent twice it acts once */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmOutputBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Insufficient Storage */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "post-api-auth-challenge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChallengeOutputBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Insufficient Storage */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "post-api-auth-login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LoginInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Insufficient Storage */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "post-api-auth-logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Insufficient Storage */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-api-auth-me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserBody"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "post-api-auth-password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordInputBody"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Insufficient Storage */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-api-cases": {
        parameters: {
            query?: {
                /** @description open if absent; all if absent beside a status */
                view?: "mine" | "waiting" | "open" | "all";
                status?: "PENDING" | "UNDER_REVIEW" | "FORWARDED_TO_CLINICIAN" | "APPROVED" | "REJECTED" | "COMPLETED" | "CLOSED";
                urgency?: "RED" | "YELLOW_URGENT" | "YELLOW" | "INCOMPLETE" | "GREEN";
                /** @description words of a name or village, or a case number */
                q?: string;
                limit?: number;
                /** @description nextCursor of the page before */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListOutputBody"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "post-api-cases": {
        parameters: {
            query?: never;
            header?: {
                /** @description UUIDv7 of the command; sent twice it acts once */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewCase"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CaseBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Insufficient Storage */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "patch-api-cases-update-status": {
        parameters: {
            query?: never;
            header?: {
                /** @description UUIDv7 of the command; sent twice it acts once */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StatusInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StepBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Locked */
            423: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Insufficient Storage */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-api-cases-id": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["View"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "put-api-cases-id-clinician-review": {
        parameters: {
            query?: never;
            header?: {
                /** @description UUIDv7 of the command; sent twice it acts once */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ClinicianReviewInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StepBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Locked */
            423: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Insufficient Storage */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "post-api-cases-id-comments": {
        parameters: {
            query?: never;
            header?: {
                /** @description UUIDv7 of the command; sent twice it acts once */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CommentBody"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommentOutputBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Locked */
            423: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Insufficient Storage */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "put-api-cases-id-lock": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LockInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LockOutputBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Locked */
            423: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Insufficient Storage */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "delete-api-cases-id-lock": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LockOutputBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Locked */
            423: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Insufficient Storage */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "patch-api-cases-id-patient": {
        parameters: {
            query?: never;
            header?: {
                /** @description UUIDv7 of the command; sent twice it acts once */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    [key: string]: components["schemas"]["PatientBodyValue"];
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CaseBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Locked */
            423: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Insufficient Storage */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "put-api-cases-id-review": {
        parameters: {
            query?: never;
            header?: {
                /** @description UUIDv7 of the command; sent twice it acts once */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReviewInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StepBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Locked */
            423: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Insufficient Storage */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "post-api-cases-id-seen": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SeenInputBody"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Locked */
            423: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Insufficient Storage */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-api-cases-id-timeline": {
        parameters: {
            query?: {
                cursor?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TimelineOutputBody"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "post-api-cases-id-vitals": {
        parameters: {
            query?: never;
            header?: {
                /** @description UUIDv7 of the command; sent twice it acts once */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TakenVitals"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CaseBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Locked */
            423: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Insufficient Storage */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-api-clinic": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClinicOutputBody"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "post-api-codes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CodeInputBody"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GivenCode"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Insufficient Storage */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "post-api-codes-check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UsedCode"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CheckCodeOutputBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Insufficient Storage */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-api-devices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DevicesOutputBody"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "post-api-devices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EnrolInputBody"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnrolledOutputBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Insufficient Storage */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "patch-api-devices-id": {
        parameters: {
            query?: never;
            header?: {
                /** @description UUIDv7 of the command; sent twice it acts once */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeviceInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceOutputBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Insufficient Storage */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-api-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the stream, by long-poll */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "post-api-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FramesInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FramesOutputBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Insufficient Storage */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-api-routes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoutesOutputBody"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-api-rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Pack"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "post-api-setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetupInputBody"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Insufficient Storage */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "post-api-sos": {
        parameters: {
            query?: never;
            header?: {
                /** @description UUIDv7 of the command; sent twice it acts once */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SOS"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SosOutputBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Insufficient Storage */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "post-api-sync": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SyncInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SyncOutputBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Insufficient Storage */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-api-team": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UsersOutputBody"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-api-users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UsersOutputBody"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "post-api-users": {
        parameters: {
            query?: never;
            header?: {
                /** @description UUIDv7 of the command; sent twice it acts once */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateUserInputBody"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Insufficient Storage */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "patch-api-users-id": {
        parameters: {
            query?: never;
            header?: {
                /** @description UUIDv7 of the command; sent twice it acts once */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateUserInputBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Insufficient Storage */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description 200 if a write and a read just worked */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "head-healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the same, for monitors that ask so */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "get-metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Prometheus text */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "get-openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the API as OpenAPI 3.1 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "get-trust": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description whoever can load it trusts the box */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "get-ws": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the stream, by WebSocket */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
}
