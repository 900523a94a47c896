package app

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"aarogya/app/care"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
)

// route is one URL of the box and who is admitted. GET /api/routes publishes the list.
type route struct {
	Method   string      `json:"method"`
	Path     string      `json:"path"`
	Roles    []care.Role `json:"roles" doc:"who is admitted; whether a case is theirs to see is asked after"`
	Public   bool        `json:"public" doc:"admits also who is not signed in"`
	Loopback bool        `json:"loopback" doc:"admits also everybody on the box itself"`
	About    string      `json:"about"`

	maxBody int64 // bytes; 0 = maxBody

	add func(*Server, huma.API, route)
}

// routes is every URL on one screen.
func (s *Server) routes() []route {
	everyone := care.RolesFor(care.OwnAccount)
	readers := care.RolesFor(care.ReadCases)
	return []route{
		{Method: "GET", Path: "/api/clinic", Public: true, About: "what the sign-in page needs", add: answer(http.StatusOK, s.clinic)},
		{Method: "POST", Path: "/api/setup", Public: true, About: "name an empty clinic and make its first admin", add: answer(http.StatusCreated, s.setup)},
		{Method: "POST", Path: "/api/auth/login", Public: true, About: "sign in", add: answer(http.StatusOK, s.login)},
		{Method: "POST", Path: "/api/auth/logout", Roles: everyone, About: "sign out here", add: answer(http.StatusNoContent, s.logout)},
		{Method: "GET", Path: "/api/auth/me", Roles: everyone, About: "who is signed in here", add: answer(http.StatusOK, s.me)},
		{Method: "POST", Path: "/api/auth/password", Roles: everyone, About: "change one's own password", add: answer(http.StatusNoContent, s.changePassword)},

		{Method: "GET", Path: "/api/cases", Roles: readers, About: "cases, most urgent first", add: answer(http.StatusOK, s.listCases)},
		{Method: "POST", Path: "/api/cases", Roles: care.RolesFor(care.CreateCase), About: "open a case", add: answer(http.StatusCreated, s.createCase)},
		{Method: "GET", Path: "/api/cases/{id}", Roles: readers, About: "a whole case", add: answer(http.StatusOK, s.readCase)},
		{Method: "GET", Path: "/api/cases/{id}/timeline", Roles: readers, About: "what happened to a case", add: answer(http.StatusOK, s.timeline)},
		{Method: "PATCH", Path: "/api/cases/update-status", Roles: rolesOfSteps(care.Steps), About: "take a step", add: answer(http.StatusOK, s.updateStatus)},
		{Method: "PUT", Path: "/api/cases/{id}/review", Roles: care.RolesFor(care.Verb(care.Forward)), About: "approve, reject or escalate", add: answer(http.StatusOK, s.review)},
		{Method: "PUT", Path: "/api/cases/{id}/clinician-review", Roles: care.RolesFor(care.Verb(care.Accept)), About: "accept, refer or prescribe", add: answer(http.StatusOK, s.clinicianReview)},
		{Method: "POST", Path: "/api/cases/{id}/vitals", Roles: care.RolesFor(care.AddVitals), About: "add readings and signs", add: answer(http.StatusCreated, s.addVitals)},
		{Method: "POST", Path: "/api/cases/{id}/comments", Roles: care.RolesFor(care.AddComment), About: "write on a case", add: answer(http.StatusCreated, s.addComment)},
		{Method: "PATCH", Path: "/api/cases/{id}/patient", Roles: care.RolesFor(care.UpdatePatient), About: "correct a patient's record", add: answer(http.StatusOK, s.updatePatient)},
		{Method: "PUT", Path: "/api/cases/{id}/lock", Roles: care.RolesFor(care.LockCase), About: "be busy with a case, or be handed it", add: answer(http.StatusOK, s.claimLock)},
		{Method: "DELETE", Path: "/api/cases/{id}/lock", Roles: care.RolesFor(care.LockCase), About: "let go of a case", add: answer(http.StatusOK, s.releaseLock)},
		{Method: "POST", Path: "/api/cases/{id}/seen", Roles: readers, About: "say that one has looked at a case", add: answer(http.StatusNoContent, s.seenCase)},
		{Method: "GET", Path: "/api/alerts", Roles: readers, About: "what rings", add: answer(http.StatusOK, s.ringing)},
		{Method: "POST", Path: "/api/alerts/{id}/ack", Roles: care.RolesFor(care.AnswerAlarm), About: "answer an alarm", add: answer(http.StatusOK, s.answerAlarm)},
		{Method: "POST", Path: "/api/sos", Roles: care.RolesFor(care.CallForHelp), About: "call for help", add: answer(http.StatusCreated, s.callSOS)},
		{Method: "GET", Path: "/api/rules", Roles: everyone, About: "the rule pack: signs, limits, thresholds", add: answer(http.StatusOK, s.rules)},

		{Method: "GET", Path: "/api/users", Roles: care.RolesFor(care.ManageUsers), About: "staff", add: answer(http.StatusOK, s.listUsers)},
		{Method: "POST", Path: "/api/users", Roles: care.RolesFor(care.ManageUsers), About: "add staff", add: answer(http.StatusCreated, s.createUser)},
		{Method: "PATCH", Path: "/api/users/{id}", Roles: care.RolesFor(care.ManageUsers), About: "change staff", add: answer(http.StatusOK, s.updateUser)},

		{Method: "POST", Path: "/api/auth/challenge", Public: true, About: "what a tablet signs to have a PIN taken", add: answer(http.StatusOK, s.challenge)},
		{Method: "POST", Path: "/api/codes", Roles: care.RolesFor(care.GiveCode), About: "give a person a code for a new tablet or a new PIN", add: answer(http.StatusCreated, s.giveCode)},
		{Method: "POST", Path: "/api/codes/check", Public: true, About: "whom a code is for", add: answer(http.StatusOK, s.checkCode)},
		{Method: "POST", Path: "/api/devices", Public: true, About: "bring a tablet into the clinic, with a code", add: answer(http.StatusCreated, s.enrol)},
		{Method: "GET", Path: "/api/devices", Roles: care.RolesFor(care.ManageBox), About: "the clinic's tablets", add: answer(http.StatusOK, s.listDevices)},
		{Method: "PATCH", Path: "/api/devices/{id}", Roles: care.RolesFor(care.ManageBox), About: "rename, unlock or send away a tablet", add: answer(http.StatusOK, s.changeDevice)},
		{Method: "GET", Path: "/api/team", Roles: care.RolesFor(care.ReadTeam), About: "an ASHA's CHWs", add: answer(http.StatusOK, s.team)},
		{Method: "GET", Path: "/api/admin/welcome", Roles: care.RolesFor(care.ManageBox), About: "how a tablet comes to the box", add: answer(http.StatusOK, s.readWelcome)},
		{Method: "GET", Path: "/api/admin/card", Roles: care.RolesFor(care.ManageBox), About: "the card for the wall, to print", add: plain((*Server).cardPage)},
		{Method: "PUT", Path: "/api/admin/wifi", Roles: care.RolesFor(care.ManageBox), About: "the Wi-Fi tablets join", add: answer(http.StatusNoContent, s.setWiFi)},
		{Method: "GET", Path: "/api/admin/doctor", Roles: care.RolesFor(care.ReadMetrics), About: "how the box is: every check, with a hint", add: answer(http.StatusOK, s.doctor)},
		{Method: "GET", Path: "/api/admin/clock", Roles: care.RolesFor(care.ManageBox), About: "the box's time, and who vouches for it", add: answer(http.StatusOK, s.readClock)},
		{Method: "PUT", Path: "/api/admin/clock", Roles: care.RolesFor(care.ManageBox), About: "say what time it is", add: answer(http.StatusOK, s.setClock)},

		{Method: "GET", Path: "/ws", Roles: readers, About: "the stream, by WebSocket", add: plain((*Server).socket)},
		{Method: "GET", Path: "/api/events", Roles: readers, About: "the stream, by long-poll", add: plain((*Server).events)},
		{Method: "POST", Path: "/api/events", Roles: readers, About: "what a tablet without a socket says", add: answer(http.StatusOK, s.hearFrames)},

		{Method: "POST", Path: "/api/sync", Roles: care.RolesFor(care.CreateCase), About: "what a tablet saved up while out of reach", maxBody: maxSyncBody, add: answer(http.StatusOK, s.sync)},

		{Method: "GET", Path: "/trust", Public: true, About: "whoever can load it trusts the box", add: plain((*Server).trust)},
		{Method: "GET", Path: "/api/routes", Public: true, About: "this list", add: answer(http.StatusOK, s.listRoutes)},
		{Method: "GET", Path: "/openapi.json", Public: true, About: "the API as OpenAPI 3.1", add: plain((*Server).openAPI)},
		{Method: "GET", Path: "/healthz", Public: true, About: "200 if a write and a read just worked", add: plain((*Server).healthz)},
		{Method: "HEAD", Path: "/healthz", Public: true, About: "the same, for monitors that ask so", add: plain((*Server).healthz)},
		{Method: "GET", Path: "/metrics", Roles: care.RolesFor(care.ReadMetrics), Loopback: true, About: "Prometheus text", add: plain((*Server).metricsPage)},
	}
}

func (s *Server) isRoute(path string) bool {
	return slices.ContainsFunc(s.gin.Routes(), func(r gin.RouteInfo) bool { return r.Path == path })
}

// rolesOfSteps are the roles that may take any of the steps.
func rolesOfSteps(steps []care.StepRule) []care.Role {
	var roles []care.Role
	for _, r := range care.Roles {
		for _, step := range steps {
			if step.Who[r] != nil {
				roles = append(roles, r)
				break
			}
		}
	}
	return roles
}

const (
	maxBody     = 64 << 10
	maxSyncBody = 512 << 10 // 50 commands
)

// answer adds a route whose handler takes a typed request and returns a typed answer.
func answer[In, Out any](status int, f func(context.Context, *In) (*Out, error)) func(*Server, huma.API, route) {
	return func(s *Server, api huma.API, r route) {
		huma.Register(api, huma.Operation{
			OperationID: operationID(r), Method: r.Method, Path: r.Path, Summary: r.About, DefaultStatus: status, MaxBodyBytes: max(maxBody, r.maxBody),
			Errors: errorsOf(r),
			Middlewares: huma.Middlewares{func(ctx huma.Context, next func(huma.Context)) {
				if err := admit(ctx.Context(), r, ctx.RemoteAddr()); err != nil {
					writeProblem(ctx, problem(err))
					return
				}
				next(ctx)
			}},
		}, handle(s, f))
	}
}

// errorsOf lists the errors a route can answer with, for the API's document.
func errorsOf(r route) []int {
	codes := []int{http.StatusUnprocessableEntity, http.StatusServiceUnavailable}
	if !r.Public {
		codes = append(codes, http.StatusUnauthorized, http.StatusForbidden)
	}
	if strings.Contains(r.Path, "{id}") || strings.Contains(r.Path, "update-status") {
		codes = append(codes, http.StatusNotFound)
	}
	if r.Method != http.MethodGet {
		codes = append(codes, http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusInsufficientStorage)
		switch {
		case strings.Contains(r.Path, "/cases/"):
			codes = append(codes, http.StatusConflict, http.StatusLocked)
		case strings.Contains(r.Path, "/auth/") || r.Public:
			codes = append(codes, http.StatusTooManyRequests)
		}
	}
	return codes
}

func writeProblem(ctx huma.Context, p *Problem) {
	ctx.SetHeader("Content-Type", "application/problem+json")
	ctx.SetStatus(p.Status)
	strictJSON.Marshal(ctx.BodyWriter(), p) // plain strings: always encodes
}

// plain adds a route that is a gin handler: streams, and what is not JSON.
func plain(f func(*Server, *gin.Context)) func(*Server, huma.API, route) {
	return func(s *Server, api huma.API, r route) {
		api.OpenAPI().AddOperation(&huma.Operation{OperationID: operationID(r), Method: r.Method, Path: r.Path, Summary: r.About,
			Responses: map[string]*huma.Response{"200": {Description: r.About}}})
		s.gin.Handle(r.Method, r.Path, func(c *gin.Context) {
			if err := admit(c.Request.Context(), r, c.Request.RemoteAddr); err != nil {
				refuse(c, err)
				return
			}
			f(s, c)
		})
	}
}

// operationID is a stable name for clients' generated code: get-api-cases-id-timeline.
func operationID(r route) string {
	return strings.ToLower(r.Method) + strings.NewReplacer("/", "-", "{", "", "}", "").Replace(r.Path)
}

type routesOutput struct {
	Body struct {
		Routes []route `json:"routes"`
	}
}

// listRoutes serves GET /api/routes: the policy table itself.
func (s *Server) listRoutes(context.Context, *struct{}) (*routesOutput, error) {
	out := &routesOutput{}
	for _, r := range s.routes() {
		if r.Roles == nil {
			r.Roles = []care.Role{}
		}
		out.Body.Routes = append(out.Body.Routes, r)
	}
	return out, nil
}

// openAPI serves GET /openapi.json, generated from the handlers' types.
func (s *Server) openAPI(c *gin.Context) { c.JSON(http.StatusOK, s.api.OpenAPI()) }
