package app

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"aarogya/app/care"
	"aarogya/db"
	"aarogya/realtime"

	"github.com/gin-gonic/gin"
)

// eventLog shows db's events to the hub.
type eventLog struct{ db *db.DB }

func (l eventLog) Epoch() string { return l.db.Epoch() }
func (l eventLog) Head() int64   { return l.db.Head() }
func (l eventLog) After(ctx context.Context, seq int64, limit int) ([]realtime.Event, error) {
	events, err := l.db.EventsAfter(ctx, seq, limit)
	return asNews(events), err
}

func asNews(events []db.Event) []realtime.Event {
	news := make([]realtime.Event, len(events))
	for i, e := range events {
		rooms := make([]string, len(e.Audience))
		for j, room := range e.Audience {
			rooms[j] = string(room)
		}
		news[i] = realtime.Event{Seq: e.Seq, Type: string(e.Type), Rooms: rooms, Data: e.Payload, Moved: e.Moved}
	}
	return news
}

// topic finds who may look at a case together, and its lock as it stands.
func (s *Server) topic(ctx context.Context, caseID string) (rooms []string, now []realtime.Event, err error) {
	audience, lock, err := s.db.LockOf(ctx, caseID)
	if err != nil {
		return nil, nil, err
	}
	data, err := json.Marshal(lock)
	return roomNames(audience), []realtime.Event{{Type: string(care.LockChanged), Data: data}}, err
}

// left: a session's tablet has been out of contact for so long that colleagues should not
// wait for what it holds.
func (s *Server) left(session string) {
	if err := s.db.ReleaseLocks(context.Background(), session); err != nil && !errors.Is(err, db.ErrBusy) {
		s.log.Warn("locks not released; they run out by themselves", "err", err)
	}
}

// beforeNews runs before each batch reaches anybody: who was signed out leaves, and whose
// CHWs changed gets other rooms, before they could hear what came after.
func (s *Server) beforeNews(events []realtime.Event) {
	for _, e := range events {
		s.alarms.hear(e)
		if e.Type == string(care.DeviceChanged) {
			s.hub.SignOut(func(_, session string) bool { return !s.signedIn(session) })
			continue
		}
		if e.Type != string(care.UserChanged) {
			continue
		}
		var change struct{ UserID string }
		if err := json.Unmarshal(e.Data, &change); err != nil {
			s.log.Error("account change unreadable", "seq", e.Seq, "err", err)
			continue
		}
		s.endDeadSessions(change.UserID)
		for _, asha := range e.Moved {
			s.moveRooms(asha)
		}
	}
}

// endDeadSessions cuts the sockets and polls of a person's sessions that have ended.
func (s *Server) endDeadSessions(userID string) {
	s.hub.SignOut(func(user, session string) bool {
		return user == userID && !s.signedIn(session)
	})
}

// signedIn reports whether a session is good; if that cannot be read, it was when it began.
func (s *Server) signedIn(session string) bool {
	live, err := s.db.SessionLive(context.Background(), session)
	return err != nil || live
}

func (s *Server) moveRooms(userID string) {
	u, err := s.db.User(context.Background(), userID)
	if err == nil {
		var rooms []care.Room
		if rooms, err = s.db.Rooms(context.Background(), u); err == nil {
			s.hub.Move(userID, roomNames(rooms))
			return
		}
	}
	s.log.Error("rooms not refreshed", "user", userID, "err", err)
}

func roomNames(rooms []care.Room) []string {
	names := make([]string, len(rooms))
	for i, r := range rooms {
		names[i] = string(r)
	}
	return names
}

// who is the listener a request would be. It holds on to nothing of the request: it lives
// as long as the socket.
func (s *Server) who(ctx context.Context) (realtime.Who, error) {
	id, _ := identityOf(ctx)
	user, session := id.user, id.session.ID
	rooms, err := s.db.Rooms(ctx, user)
	if err != nil {
		return realtime.Who{}, err
	}
	you, err := json.Marshal(user.Person())
	return realtime.Who{User: user.ID, Session: session, Device: id.session.Device, Enrolled: id.session.Device != "", Rooms: roomNames(rooms), You: you, Clock: s.witness(ctx, id),
		Now: func() ([]string, bool) {
			now, err := s.db.Rooms(context.Background(), user)
			if err != nil {
				s.log.Error("rooms not refreshed", "user", user.ID, "err", err)
				return roomNames(rooms), s.signedIn(session)
			}
			return roomNames(now), s.signedIn(session)
		}}, err
}

// position reads ?epoch=&after= ; after is nil if it is not there.
func position(q url.Values) (epoch string, after *int64, err error) {
	if q.Has("after") {
		n, err := strconv.ParseInt(q.Get("after"), 10, 64)
		if err != nil || n < 0 {
			return "", nil, &care.InvalidError{Fields: []care.FieldError{{Field: "after", Code: care.Invalid, Message: "a position in the log"}}}
		}
		after = &n
	}
	return q.Get("epoch"), after, nil
}

// socket serves GET /ws?epoch=&after= : hello, what was missed, then live.
func (s *Server) socket(c *gin.Context) {
	if !sameOrigin(c.Request) {
		refuse(c, newProblem(http.StatusForbidden, "forbidden", "This page does not come from the box."))
		return
	}
	epoch, after, err := position(c.Request.URL.Query())
	var who realtime.Who
	if err == nil {
		who, err = s.who(c.Request.Context())
	}
	if err == nil {
		err = s.hub.Serve(c.Writer, c.Request, who, epoch, after)
	}
	switch {
	case errors.Is(err, realtime.ErrHandshake):
		err = newProblem(http.StatusBadRequest, "invalid", "This is a WebSocket; use GET /api/events for long-polling.")
	case errors.Is(err, realtime.ErrVersion):
		c.Header("Sec-WebSocket-Version", "13")
		err = newProblem(http.StatusUpgradeRequired, "old_client", "The box speaks WebSocket version 13; use GET /api/events for long-polling.")
	}
	if err != nil && !c.Writer.Written() {
		refuse(c, err)
	}
}

// sameOrigin: a browser always says where a page comes from, and it must be from here. A
// script with a token need not.
func sameOrigin(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return r.Header.Get("Authorization") != ""
	}
	scheme := "http://"
	if r.TLS != nil {
		scheme = "https://"
	}
	return origin == scheme+r.Host
}

const (
	longestPoll = 55 * time.Second
	defaultPoll = 25 * time.Second
)

// events serves GET /api/events?epoch=&after=&wait=25 : the same frames as the socket.
func (s *Server) events(c *gin.Context) {
	q := c.Request.URL.Query()
	epoch, after, err := position(q)
	wait := defaultPoll
	if err == nil && q.Has("wait") {
		seconds, convErr := strconv.Atoi(q.Get("wait"))
		if convErr != nil || seconds < 0 || seconds > int(longestPoll/time.Second) {
			err = &care.InvalidError{Fields: []care.FieldError{{Field: "wait", Code: care.Invalid, Message: "0 to 55 seconds"}}}
		}
		wait = time.Duration(seconds) * time.Second
	}
	var who realtime.Who
	if err == nil {
		who, err = s.who(c.Request.Context())
	}
	var batch realtime.Batch
	if err == nil {
		batch, err = s.hub.Poll(c.Request.Context(), who, epoch, after, wait)
	}
	switch {
	case errors.Is(err, realtime.ErrSignedOut):
		refuse(c, errUnauthenticated)
	case err != nil:
		refuse(c, err)
	default:
		c.Header("Cache-Control", "no-store")
		c.JSON(http.StatusOK, batch)
	}
}

type framesInput struct {
	Body struct {
		Frames []realtime.Frame `json:"frames" maxItems:"20"`
	}
}

type framesOutput struct {
	Body struct {
		Frames []shortLived `json:"frames" doc:"presence; and for the case that is viewed viewing, typing and lock"`
	}
}

// hearFrames serves POST /api/events: what a tablet says that has no socket, and what is
// true right now.
//
//	in   {"frames": [{"type": "viewing", "caseId": …}, {"type": "typing", "caseId": …}, {"type": "ack", "seq": …}, {"type": "clock", "now": …}]}
//	out  200 {"frames": [presence, viewing, typing, lock]}
//	err  429 too_many
func (s *Server) hearFrames(ctx context.Context, in *framesInput) (*framesOutput, error) {
	who, err := s.who(ctx)
	if err != nil {
		return nil, err
	}
	frames, err := s.hub.Hear(ctx, who, in.Body.Frames)
	if err != nil {
		return nil, err
	}
	out := &framesOutput{}
	for _, frame := range frames {
		out.Body.Frames = append(out.Body.Frames, shortLived(frame))
	}
	return out, nil
}
