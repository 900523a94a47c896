package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"time"

	"aarogya/app/care"
	"aarogya/db"
)

// The demo clinic: PHC Rampur, its staff and 300 invented patients over 30 days. It is
// written through the same door as everything else, only with an earlier clock.

const demoClinic = "PHC रामपुर"

type demoPerson struct {
	username, name, supervisor, language string
	role                                 care.Role
}

var demoStaff = []demoPerson{
	{"chw", "सुनीता यादव", "asha", "hi", care.CHW},
	{"chw2", "राधा पटेल", "asha2", "hi", care.CHW},
	{"asha", "मीना शर्मा", "", "hi", care.ASHA},
	{"asha2", "फ़ातिमा शेख़", "", "hi", care.ASHA},
	{"doctor", "डॉ॰ अनन्या राव", "", "hi", care.Clinician},
	{"doctor2", "डॉ॰ इमरान ख़ान", "", "hi", care.Clinician},
	{"admin", "विजय मिश्रा", "", "hi", care.Admin},
}

const demoPassword = "demo"

// demoMark says that a data directory is the demo's, and whether it is all there.
const demoMark = "DEMO"

func refuseDemoData(dir string) error {
	if _, err := os.Stat(filepath.Join(dir, demoMark)); err == nil {
		return fmt.Errorf("%s holds the demo clinic, whose passwords everybody knows\nhint: choose another --data, or add --demo", dir)
	}
	return nil
}

// seedDemo fills an empty directory with the demo clinic; a directory with a real clinic
// in it is refused, a demo that was interrupted is begun again.
func seedDemo(ctx context.Context, dir string, now func() time.Time, log *slog.Logger) error {
	mark := filepath.Join(dir, demoMark)
	state, err := os.ReadFile(mark)
	switch {
	case err == nil && string(state) == "ready":
		return nil
	case errors.Is(err, os.ErrNotExist):
		if _, err := os.Stat(filepath.Join(dir, "aarogya.db")); err == nil {
			return fmt.Errorf("%s holds a real clinic\nhint: give the demo a directory of its own with --data", dir)
		}
	case err != nil:
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(mark, []byte("being made"), 0o600); err != nil {
		return err
	}
	if err := db.Discard(dir); err != nil { // what an interrupted start left
		return err
	}
	log.Info("making the demo clinic, 300 cases; this takes a few seconds once")
	clock := now().Add(-31 * 24 * time.Hour)
	d, err := db.Open(ctx, dir, db.Options{Now: func() time.Time { return clock }, Log: log})
	if err != nil {
		return err
	}
	err = fillDemo(ctx, d, &clock, now())
	if err := errors.Join(err, d.Close()); err != nil {
		return err
	}
	return os.WriteFile(mark, []byte("ready"), 0o600)
}

// demoAct is one thing somebody did in the demo's past.
type demoAct struct {
	at  time.Time
	who string
	cmd care.Command
}

func fillDemo(ctx context.Context, d *db.DB, clock *time.Time, now time.Time) error {
	ids, err := demoAccounts(ctx, d)
	if err != nil {
		return err
	}
	r := rand.New(rand.NewPCG(7, 2026)) // the same clinic every time
	var acts []demoAct
	for i := range demoCases {
		acts = append(acts, demoStory(r, i, now)...)
	}
	slices.SortStableFunc(acts, func(a, b demoAct) int { return a.at.Compare(b.at) })
	for _, a := range acts {
		*clock = a.at
		if _, err := d.Do(ctx, ids[a.who], a.cmd); err != nil {
			return fmt.Errorf("%s by %s: %w", a.cmd.Kind, a.who, err)
		}
		if a.cmd.Kind == care.StepKind(care.StartReview) { // and turns to the next patient
			if _, err := d.Do(ctx, ids[a.who], care.Command{Kind: care.LockKind, CaseID: a.cmd.CaseID, Lock: care.ReleaseLock}); err != nil {
				return err
			}
		}
	}
	ringing, err := d.Ringing(ctx)
	for _, alarm := range ringing { // whoever tries the demo rings the bell herself
		if err == nil {
			_, err = d.Do(ctx, ids["doctor"], care.Command{Kind: care.AnswerAlarmKind, AlarmID: alarm.ID})
		}
	}
	return err
}

func demoAccounts(ctx context.Context, d *db.DB) (map[string]string, error) {
	hash, err := hashPassword(ctx, demoPassword)
	if err != nil {
		return nil, err
	}
	ids := map[string]string{}
	admin := demoStaff[len(demoStaff)-1]
	first, err := d.FirstAdmin(ctx, demoClinic, care.UserChange{Username: &admin.username, Name: &admin.name, PasswordHash: &hash})
	if err != nil {
		return nil, err
	}
	ids[admin.username] = first.ID
	for _, order := range []care.Role{care.ASHA, care.CHW, care.Clinician} { // a CHW needs her ASHA first
		for _, p := range demoStaff {
			if p.role != order {
				continue
			}
			change := care.UserChange{Username: &p.username, Name: &p.name, Role: &p.role, Language: &p.language, PasswordHash: &hash}
			if p.supervisor != "" {
				id := ids[p.supervisor]
				change.SupervisorID = &id
			}
			done, err := d.Do(ctx, first.ID, care.Command{Kind: care.CreateUserKind, User: &change})
			if err != nil {
				return nil, fmt.Errorf("account %s: %w", p.username, err)
			}
			ids[p.username] = done.User.ID
		}
	}
	return ids, nil
}

const demoCases = 300

// demoIllness is a reason to come, and what is found.
type demoIllness struct {
	complaint  string
	signs      []string
	from, to   int // age in years; months under five years when unit is months
	unit, sex  string
	weeks      int // of a pregnancy
	vitals     func(r *rand.Rand) map[care.Vital]float64
	medicine   string
	strength   string
	form       string
	chwComment string
	answer     string
	calm       bool // GREEN or YELLOW: an ASHA may end it
}

func adult(r *rand.Rand, change map[care.Vital]float64) map[care.Vital]float64 {
	v := map[care.Vital]float64{care.TempC: 36.4 + float64(r.IntN(12))/10, care.Pulse: float64(62 + r.IntN(26)), care.RespRate: float64(13 + r.IntN(6)),
		care.SpO2: float64(96 + r.IntN(4)), care.Systolic: float64(112 + r.IntN(24)), care.Diastolic: float64(68 + r.IntN(18)), care.WeightKg: float64(44 + r.IntN(32))}
	for k, x := range change {
		v[k] = x
	}
	return v
}

var demoIllnesses = []demoIllness{
	{complaint: "सीने में दर्द, पसीना", signs: []string{"chest_pain", "breathlessness"}, from: 48, to: 70, sex: "M",
		vitals: func(r *rand.Rand) map[care.Vital]float64 {
			return adult(r, map[care.Vital]float64{care.Pulse: 118, care.Systolic: 96, care.SpO2: 93})
		},
		medicine: "aspirin", strength: "300 mg", form: "tablet", chwComment: "आधे घंटे से दर्द है। घर पर गाड़ी है।", answer: "तुरंत लाइए, लिटाकर रखिए।"},
	{complaint: "सुबह से तेज़ सिरदर्द, पैरों में सूजन", signs: []string{"severe_headache", "swollen_face_hands"}, from: 20, to: 34, sex: "F", weeks: 34,
		vitals: func(r *rand.Rand) map[care.Vital]float64 {
			return adult(r, map[care.Vital]float64{care.Systolic: float64(160 + r.IntN(14)), care.Diastolic: 112, care.Pulse: 96})
		},
		medicine: "labetalol", strength: "100 mg", form: "tablet", chwComment: "पिछली बार BP 148 था।", answer: "बाईं करवट लिटाएँ। रेफ़र की तैयारी है।"},
	{complaint: "तेज़ साँस, दूध नहीं पी रहा", signs: []string{"unable_to_feed", "cough"}, from: 4, to: 11, unit: "months", sex: "",
		vitals: func(r *rand.Rand) map[care.Vital]float64 {
			return map[care.Vital]float64{care.RespRate: float64(58 + r.IntN(10)), care.TempC: 38.4, care.SpO2: 91, care.Pulse: 150, care.WeightKg: 6.4}
		},
		medicine: "amoxicillin", strength: "250 mg", form: "dispersible tablet", chwComment: "कल रात से साँस तेज़ है।", answer: "बच्चे को गर्म रखें, तुरंत भेजें।"},
	{complaint: "साँप ने काटा, पैर में सूजन", signs: []string{"snake_bite"}, from: 16, to: 60,
		vitals:   func(r *rand.Rand) map[care.Vital]float64 { return adult(r, map[care.Vital]float64{care.Pulse: 104}) },
		medicine: "tetanus toxoid", strength: "0.5 ml", form: "injection", chwComment: "खेत में काटा, एक घंटा हुआ।", answer: "पैर हिलने न दें। गाड़ी निकल चुकी है।"},
	{complaint: "बुखार 4 दिन, चकत्ते", signs: []string{"fever", "rash"}, from: 18, to: 55,
		vitals: func(r *rand.Rand) map[care.Vital]float64 {
			return adult(r, map[care.Vital]float64{care.TempC: 39.2, care.Pulse: 114, care.RespRate: 22})
		},
		medicine: "paracetamol", strength: "500 mg", form: "tablet", chwComment: "पड़ोस में भी दो लोगों को बुखार है।", answer: "डेंगू की जाँच करेंगे, पानी पिलाते रहें।"},
	{complaint: "शुगर 312, पैर में घाव", signs: []string{"wound"}, from: 45, to: 72,
		vitals: func(r *rand.Rand) map[care.Vital]float64 {
			return adult(r, map[care.Vital]float64{care.GlucoseMgDl: float64(305 + r.IntN(60))})
		},
		medicine: "metformin", strength: "500 mg", form: "tablet", chwComment: "दवा दो हफ़्ते से बंद है।", answer: "घाव साफ़ रखें, कल आएँ।"},
	{complaint: "बच्चे को खाँसी, साँस तेज़", signs: []string{"cough"}, from: 14, to: 50, unit: "months",
		vitals: func(r *rand.Rand) map[care.Vital]float64 {
			return map[care.Vital]float64{care.RespRate: float64(41 + r.IntN(6)), care.TempC: 37.6, care.SpO2: 96, care.Pulse: 124, care.WeightKg: 10.8}
		},
		medicine: "amoxicillin", strength: "250 mg", form: "dispersible tablet", chwComment: "दूध पी रहा है, खेल भी रहा है।", answer: "दो दिन बाद फिर देखें।", calm: true},
	{complaint: "ANC जाँच, हल्का BP", signs: []string{}, from: 19, to: 32, sex: "F", weeks: 28,
		vitals: func(r *rand.Rand) map[care.Vital]float64 {
			return adult(r, map[care.Vital]float64{care.Systolic: 142, care.Diastolic: 88, care.HbGdl: 10.8})
		},
		medicine: "iron and folic acid", strength: "100 mg", form: "tablet", chwComment: "आराम के बाद फिर नापा, वही है।", answer: "हर हफ़्ते BP नापें।", calm: true},
	{complaint: "चक्कर और कमज़ोरी", signs: []string{"dizziness"}, from: 30, to: 65, sex: "F",
		vitals: func(r *rand.Rand) map[care.Vital]float64 {
			return adult(r, map[care.Vital]float64{care.Pulse: 94, care.HbGdl: 9.1})
		},
		medicine: "iron and folic acid", strength: "100 mg", form: "tablet", chwComment: "खाना ठीक से नहीं हो रहा।", answer: "आयरन की गोली रोज़ दें।", calm: true},
	{complaint: "खाँसी 2 दिन", signs: []string{"cough"}, from: 20, to: 60,
		vitals:   func(r *rand.Rand) map[care.Vital]float64 { return adult(r, nil) },
		medicine: "paracetamol", strength: "500 mg", form: "tablet", chwComment: "बुखार नहीं है।", answer: "आराम और गर्म पानी।", calm: true},
	{complaint: "पट्टी बदलनी है", signs: []string{"wound"}, from: 18, to: 70,
		vitals:   func(r *rand.Rand) map[care.Vital]float64 { return adult(r, nil) },
		medicine: "povidone iodine", strength: "5 %", form: "ointment", chwComment: "घाव सूख रहा है।", answer: "तीन दिन बाद फिर।", calm: true},
	{complaint: "हल्का बुखार, दस्त ठीक हो रहे हैं", signs: []string{"diarrhoea"}, from: 13, to: 55, unit: "months",
		vitals: func(r *rand.Rand) map[care.Vital]float64 {
			return map[care.Vital]float64{care.RespRate: 28, care.TempC: 37.4, care.SpO2: 98, care.Pulse: 108, care.WeightKg: 11.5, care.MUACmm: 138}
		},
		medicine: "oral rehydration salts", strength: "1 packet", form: "powder", chwComment: "ORS दे रहे हैं।", answer: "ज़िंक 14 दिन तक।", calm: true},
	{complaint: "बदन दर्द", signs: nil, from: 25, to: 65, // not everything was asked
		vitals: func(r *rand.Rand) map[care.Vital]float64 {
			return map[care.Vital]float64{care.TempC: 37.0, care.Pulse: 82}
		},
		medicine: "paracetamol", strength: "500 mg", form: "tablet", chwComment: "BP की मशीन की बैटरी ख़त्म है।", answer: "बाक़ी जाँच भी कर लें।"},
	{complaint: "स्कूल में पेट दर्द", signs: []string{}, from: 6, to: 11,
		vitals: func(r *rand.Rand) map[care.Vital]float64 {
			return map[care.Vital]float64{care.RespRate: 20, care.TempC: 36.9, care.SpO2: 98, care.Pulse: 92, care.WeightKg: 22}
		},
		medicine: "albendazole", strength: "400 mg", form: "tablet", chwComment: "सुबह से दो बार दर्द हुआ।", answer: "कल तक देखें, खाना हल्का दें।"},
}

// Names as spoken and in Latin letters: a first name and a family name make a person.
var demoNames = map[string][][2]string{
	"F": {{"सुनीता", "Sunita"}, {"गीता", "Geeta"}, {"लक्ष्मी", "Laxmi"}, {"कमला", "Kamla"}, {"शबाना", "Shabana"}, {"पूजा", "Pooja"}, {"सावित्री", "Savitri"},
		{"रेखा", "Rekha"}, {"नसीम", "Naseem"}, {"अनीता", "Anita"}, {"मुन्नी", "Munni"}, {"राजकुमारी", "Rajkumari"}, {"प्रेमा", "Prema"}},
	"M": {{"रमेश", "Ramesh"}, {"मोहन", "Mohan"}, {"अब्दुल", "Abdul"}, {"बसप्पा", "Basappa"}, {"विकास", "Vikas"}, {"सुरेश", "Suresh"}, {"इक़बाल", "Iqbal"},
		{"दिनेश", "Dinesh"}, {"हरि", "Hari"}, {"गोपाल", "Gopal"}, {"छोटू", "Chhotu"}, {"अर्जुन", "Arjun"}, {"किशोर", "Kishor"}},
}

var demoFamilies = [][2]string{{"यादव", "Yadav"}, {"देवी", "Devi"}, {"कुमार", "Kumar"}, {"पटेल", "Patel"}, {"मीणा", "Meena"}, {"साहू", "Sahu"}, {"वर्मा", "Verma"}, {"अहिरवार", "Ahirwar"}, {"पाटिल", "Patil"}, {"लोधी", "Lodhi"}, {"गोंड", "Gond"}}

// demoName is the i-th person: 13 first names and 11 families meet again after 143.
func demoName(sex string, i int) (spoken, latin string) {
	first, family := demoNames[sex][i%13], demoFamilies[i%11]
	if sex == "M" && family[1] == "Devi" || sex == "F" && family[1] == "Kumar" {
		family = demoFamilies[0]
	}
	return first[0] + " " + family[0], first[1] + " " + family[1]
}

var demoVillages = []string{"खेड़ा", "बेलूर", "रामपुर", "नांदगाँव", "पिपरिया", "सोनपुर"}

// demoStory is one patient's way through the clinic.
func demoStory(r *rand.Rand, i int, now time.Time) []demoAct {
	kind := i % len(demoIllnesses)
	recent := i%4 == 0 // three in four are past; the rest are of today
	if recent && kind < 4 && i%8 == 0 {
		kind += 6 // emergencies are rare
	}
	ill := demoIllnesses[kind]
	chw, asha := "chw", "asha"
	if i%5 >= 3 {
		chw, asha = "chw2", "asha2"
	}
	doctor := []string{"doctor", "doctor", "doctor2"}[i%3]
	age := time.Duration(30+r.IntN(30*24*60-24*60)) * time.Minute
	if recent {
		age = time.Duration(4+r.IntN(40)) * time.Minute
		if ill.calm {
			age = time.Duration(20+r.IntN(8*60)) * time.Minute
		}
	} else {
		age += 24 * time.Hour
	}
	at := now.Add(-min(age, 30*24*time.Hour))
	id := db.NewID()
	var acts []demoAct
	then := func(after time.Duration, who string, cmd care.Command) {
		at = at.Add(after + time.Duration(r.IntN(50))*time.Second)
		if at.After(now) {
			at = now
		}
		cmd.CaseID = id
		acts = append(acts, demoAct{at, who, cmd})
	}
	step := func(s care.Step, b care.Body) care.Command { return care.Command{Kind: care.StepKind(s), Body: b} }
	then(0, chw, care.Command{Kind: care.CreateCaseKind, New: demoPatient(r, i, ill)})

	medicine := care.Body{Diagnosis: ill.complaint, Prescription: []care.Prescription{{Generic: ill.medicine, Strength: ill.strength, Form: ill.form,
		Dose: care.Dose{Value: 1, Unit: ill.form}, Route: "oral", Frequency: "BD", DurationDays: 5}}}
	referral := care.Body{Referral: &care.Referral{Reason: ill.complaint, Level: "CHC", Destination: "CHC सोहागपुर", Urgency: "EMERGENCY", Transport: "108"}}
	comment := func(text string) care.Command { return care.Command{Kind: care.AddCommentKind, Comment: text} }

	if recent { // of today: left standing at every place a case can stand
		switch stage := (i / 4) % 6; {
		case stage == 0:
		case stage == 1:
			then(3*time.Minute, chw, comment(ill.chwComment))
		case stage == 2:
			then(2*time.Minute, asha, step(care.StartReview, care.Body{}))
		case stage == 3:
			then(2*time.Minute, asha, step(care.Forward, care.Body{Reason: ill.complaint}))
			then(time.Minute, chw, comment(ill.chwComment))
		case stage == 4:
			then(2*time.Minute, asha, step(care.Forward, care.Body{Reason: ill.complaint}))
			then(3*time.Minute, doctor, step(care.Accept, care.Body{}))
			then(time.Minute, doctor, comment(ill.answer))
		default:
			then(2*time.Minute, asha, step(care.Forward, care.Body{Reason: ill.complaint}))
			then(4*time.Minute, doctor, step(care.Accept, care.Body{}))
			then(4*time.Minute, doctor, step(care.Prescribe, medicine))
		}
		return acts
	}
	then(6*time.Minute, chw, comment(ill.chwComment))
	switch way := r.IntN(20); {
	case way == 0:
		then(time.Hour, asha, step(care.StartReview, care.Body{}))
		then(time.Minute, doctor, step(care.Reject, care.Body{Reason: "incomplete", Notes: "बाक़ी जाँच भेजें"}))
	case way == 1:
		then(time.Hour, doctor, step(care.Close, care.Body{Reason: "moved"}))
	case ill.calm:
		then(time.Hour, asha, step(care.StartReview, care.Body{}))
		then(20*time.Minute, asha, step(care.Approve, care.Body{Plan: ill.answer}))
		then(20*time.Hour, asha, step(care.Complete, care.Body{Outcome: "improved"}))
	case way < 8:
		then(20*time.Minute, asha, step(care.Forward, care.Body{Reason: ill.complaint}))
		then(10*time.Minute, doctor, step(care.Accept, care.Body{}))
		then(2*time.Minute, doctor, comment(ill.answer))
		then(10*time.Minute, doctor, step(care.Refer, referral))
		then(30*time.Minute, chw, step(care.ReferralUpdate, care.Body{ReferralStatus: "DEPARTED"}))
		then(3*time.Hour, doctor, step(care.ReferralUpdate, care.Body{ReferralStatus: "BACK"}))
		then(time.Hour, doctor, step(care.Complete, care.Body{Outcome: "referred_back"}))
	default:
		then(25*time.Minute, asha, step(care.Forward, care.Body{Reason: ill.complaint}))
		then(12*time.Minute, doctor, step(care.Accept, care.Body{}))
		then(2*time.Minute, doctor, comment(ill.answer))
		then(9*time.Minute, doctor, step(care.Prescribe, medicine))
		then(18*time.Hour, doctor, step(care.Complete, care.Body{Outcome: "improved"}))
	}
	return acts
}

func demoPatient(r *rand.Rand, i int, ill demoIllness) *care.NewCase {
	sex := ill.sex
	if sex == "" {
		sex = []string{"F", "M"}[r.IntN(2)]
	}
	name, latin := demoName(sex, i)
	guardian, _ := demoName("M", i+5)
	unit := ill.unit
	if unit == "" {
		unit = "years"
	}
	patient := &care.NewPatient{Name: name, LatinName: latin, Sex: sex, Age: &care.Age{Value: ill.from + r.IntN(ill.to-ill.from+1), Unit: unit},
		Village: demoVillages[r.IntN(len(demoVillages))], Consent: care.ConsentGiven, Allergies: []string{"none_known"},
		GuardianName: guardian, GuardianRelation: "DO"}
	if sex == "M" {
		patient.GuardianRelation = "SO"
	}
	if ill.weeks > 0 {
		patient.Pregnancy = &care.Pregnancy{Weeks: ill.weeks}
		patient.GuardianRelation = "WO"
	}
	vitals := care.Vitals{}
	confirmed := []string{}
	for v, value := range ill.vitals(r) {
		vitals[v] = care.ReadingOf(v, value)
		confirmed = append(confirmed, string(v))
	}
	slices.Sort(confirmed)
	if unit == "years" && ill.signs != nil {
		vitals[care.AVPU], vitals[care.OnOxygen] = care.ReadingOf(care.AVPU, 0), care.ReadingOf(care.OnOxygen, 0)
	}
	return &care.NewCase{Patient: patient, Complaint: ill.complaint, Signs: ill.signs, Vitals: vitals, Confirmed: confirmed}
}
