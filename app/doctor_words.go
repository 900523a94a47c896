package app

import "strings"

// state of what a check looked at.
type state string

const (
	stateOK      state = "ok"
	stateWarn    state = "warn"    // works, and somebody should look at it
	stateFail    state = "fail"    // something does not work, or soon will not
	stateUnknown state = "unknown" // cannot be told from here
)

// says is what is said of an outcome: a sentence, and what to do about it.
type says [2]string

type words struct {
	state  state
	en, hi says
}

// titles of the checks, for the page.
var titles = map[string]says{ // English, Hindi
	"clinic":      {"Clinic", "क्लिनिक"},
	"service":     {"Box", "बॉक्स"},
	"unit":        {"Starts by itself", "अपने आप चालू होना"},
	"clock":       {"Clock", "घड़ी"},
	"data_dir":    {"Data directory", "डेटा फ़ोल्डर"},
	"disk_kind":   {"Kind of disk", "डिस्क का प्रकार"},
	"disk_space":  {"Space on the disk", "डिस्क पर जगह"},
	"disk_write":  {"Saving", "सहेजना"},
	"schema":      {"Form of the database", "डेटाबेस का रूप"},
	"database":    {"Database", "डेटाबेस"},
	"log":         {"Record of who did what", "किसने क्या किया, इसका लेखा"},
	"tablets":     {"Address for tablets", "टैबलेट के लिए पता"},
	"enrolled":    {"Tablets", "टैबलेट"},
	"sockets":     {"Connections", "कनेक्शन"},
	"ca":          {"Certificate authority", "प्रमाणपत्र की चाबी"},
	"certificate": {"Certificate", "प्रमाणपत्र"},
	"name":        {"Name on the network", "नेटवर्क पर नाम"},
	"other_box":   {"Another box", "दूसरा बॉक्स"},
	"reach":       {"Ways in", "पहुँचने के रास्ते"},
	"firewall":    {"Firewall", "फ़ायरवॉल"},
	"ports":       {"Ports", "पोर्ट"},
}

// anyCheck are outcomes that each check may have.
var anyCheck = map[string]words{
	"late": {stateUnknown,
		says{"This did not end in time.", "Check again when the box is less busy. `aarogya doctor` on the box takes the time it needs."},
		says{"यह जाँच समय पर पूरी नहीं हुई।", "बॉक्स पर काम कम हो तब फिर जाँचें। बॉक्स पर `aarogya doctor` को जितना समय चाहिए, उतना मिलता है।"}},
	"trouble": {stateUnknown,
		says{"This could not be checked: {error}.", "Check again. If it stays so, give this sentence to whoever looks after the box."},
		says{"इसकी जाँच नहीं हो सकी: {error}।", "फिर जाँचें। ऐसा ही रहे तो बॉक्स की देखभाल करने वाले को यह वाक्य दें।"}},
}

// outcomes of every check, as check.why: how bad it is, and the words.
var outcomes = map[string]words{
	"clinic.none": {stateFail,
		says{"There is no clinic in {dir}.", "Name its directory with `--data DIR`, or begin one: `aarogya serve --data DIR`"},
		says{"{dir} में कोई क्लिनिक नहीं है।", "`--data DIR` से सही फ़ोल्डर बताएँ, या नया शुरू करें: `aarogya serve --data DIR`"}},

	"clinic.closed_to_you": {stateFail,
		says{"You may not look into {dir}.", "Ask as the user the box runs as, or: `sudo aarogya doctor --data {dir}`"},
		says{"आपको {dir} देखने की अनुमति नहीं है।", "बॉक्स जिस उपयोगकर्ता से चलता है उससे पूछें, या: `sudo aarogya doctor --data {dir}`"}},

	"service.running": {stateOK,
		says{"The box is running, version {version}.", ""},
		says{"बॉक्स चल रहा है, संस्करण {version}।", ""}},
	"service.silent": {stateFail,
		says{"A program holds {dir} but does not answer.", "If it has just been started, wait a minute. Else restart the box: `sudo systemctl restart aarogya`, or its plug out and in."},
		says{"एक प्रोग्राम ने {dir} को पकड़ रखा है, पर जवाब नहीं देता।", "अभी-अभी चालू हुआ हो तो एक मिनट रुकें। नहीं तो बॉक्स फिर से चालू करें: `sudo systemctl restart aarogya`, या प्लग निकालकर लगाएँ।"}},
	"service.stopped": {stateFail,
		says{"The box is not running on {dir}.", "Start it: `sudo systemctl start aarogya`, or by hand: `aarogya serve --data {dir}`"},
		says{"{dir} पर बॉक्स नहीं चल रहा है।", "चालू करें: `sudo systemctl start aarogya`, या ख़ुद: `aarogya serve --data {dir}`"}},

	"unit.active": {stateOK,
		says{"The service runs, and starts by itself after a power cut.", ""},
		says{"सेवा चल रही है, और बिजली जाने के बाद अपने आप चालू होती है।", ""}},
	"unit.not_enabled": {stateWarn,
		says{"The service runs, but will not start by itself after a power cut.", "`sudo systemctl enable aarogya`"},
		says{"सेवा चल रही है, पर बिजली जाने के बाद अपने आप चालू नहीं होगी।", "`sudo systemctl enable aarogya`"}},
	"unit.by_hand": {stateWarn,
		says{"The box was started by hand; the installed service is stopped.", "End it, then: `sudo systemctl start aarogya`"},
		says{"बॉक्स हाथ से चालू किया गया है; लगी हुई सेवा बंद है।", "उसे बंद करें, फिर: `sudo systemctl start aarogya`"}},
	"unit.inactive": {stateFail,
		says{"The installed service is stopped.", "`sudo systemctl start aarogya`"},
		says{"लगी हुई सेवा बंद है।", "`sudo systemctl start aarogya`"}},
	"unit.restarting": {stateFail,
		says{"The service ends again and again; it was restarted {times} times.", "See why: `sudo journalctl -u aarogya -n 50`"},
		says{"सेवा बार-बार बंद हो रही है; {times} बार फिर चालू हुई।", "कारण देखें: `sudo journalctl -u aarogya -n 50`"}},
	"unit.failed": {stateFail,
		says{"The service ended with an error.", "See why: `sudo journalctl -u aarogya -n 50`. Then: `sudo systemctl restart aarogya`"},
		says{"सेवा गड़बड़ी के साथ बंद हुई।", "कारण देखें: `sudo journalctl -u aarogya -n 50`। फिर: `sudo systemctl restart aarogya`"}},

	"clock.plausible": {stateOK,
		says{"The box's clock says {time}.", ""},
		says{"बॉक्स की घड़ी में {time} है।", ""}},
	"clock.behind": {stateFail,
		says{"The box's clock says {time}; this program was made later than that.", "Set date and time: `sudo timedatectl set-time 'YYYY-MM-DD HH:MM'`. A clock that forgets without power needs a new battery."},
		says{"बॉक्स की घड़ी में {time} है; यह प्रोग्राम उसके बाद बना है।", "तारीख़ और समय ठीक करें: `sudo timedatectl set-time 'YYYY-MM-DD HH:MM'`। बिजली जाने पर घड़ी भूलती हो तो नई बैटरी लगाएँ।"}},
	"clock.ahead": {stateFail,
		says{"The box's clock says {time}; that is after the clinic's certificate ends, in 2049.", "Set date and time: `sudo timedatectl set-time 'YYYY-MM-DD HH:MM'`"},
		says{"बॉक्स की घड़ी में {time} है; क्लिनिक का प्रमाणपत्र उससे पहले, 2049 में ख़त्म होता है।", "तारीख़ और समय ठीक करें: `sudo timedatectl set-time 'YYYY-MM-DD HH:MM'`"}},

	"clock.admin": {stateOK,
		says{"The box says {time}, as an admin set it.", ""},
		says{"बॉक्स में {time} है, जैसा व्यवस्थापक ने तय किया।", ""}},
	"clock.tablets": {stateOK,
		says{"The box says {time}, and so do the tablets.", ""},
		says{"बॉक्स में {time} है, टैबलेट में भी यही।", ""}},
	"clock.ntp": {stateOK,
		says{"The box says {time}, from a time server.", ""},
		says{"बॉक्स में {time} है, समय सर्वर से।", ""}},
	"clock.rtc": {stateOK,
		says{"The box says {time}, from the computer's clock chip.", ""},
		says{"बॉक्स में {time} है, कंप्यूटर की अपनी घड़ी से।", ""}},
	"clock.unset": {stateWarn,
		says{"The box says {time}, and nobody has confirmed it.", "Sign in as admin; on the page Box, under Clock, say whether it is right."},
		says{"बॉक्स में {time} है, और किसी ने इसकी पुष्टि नहीं की है।", "व्यवस्थापक के रूप में साइन इन करें; बॉक्स पन्ने पर घड़ी के नीचे बताएँ कि यह सही है या नहीं।"}},
	"clock.differs": {stateWarn,
		says{"The box says {time}, {n} of the tablets {tablets}.", "Sign in as admin; on the page Box, under Clock, say what time it is."},
		says{"बॉक्स में {time} है, {n} टैबलेट में {tablets}।", "व्यवस्थापक के रूप में साइन इन करें; बॉक्स पन्ने पर घड़ी के नीचे सही समय बताएँ।"}},
	"clock.frozen": {stateFail,
		says{"The computer's clock says {computer}, which cannot be; the box counts on from the last time it knew: {time}.", "Sign in as admin; on the page Box, under Clock, say what time it is. A Raspberry Pi keeps its time with a clock module that has a battery."},
		says{"कंप्यूटर की घड़ी {computer} दिखाती है, जो सही नहीं हो सकता; बॉक्स अपने पिछले सही समय से आगे गिन रहा है: {time}।", "व्यवस्थापक के रूप में साइन इन करें; बॉक्स पन्ने पर घड़ी के नीचे सही समय बताएँ। बैटरी वाली घड़ी लगी हो तो Raspberry Pi समय नहीं भूलता।"}},

	"enrolled.here": {stateOK,
		says{"{n} of the clinic's {all} tablets were here in the last 7 days.", ""},
		says{"क्लिनिक के {all} में से {n} टैबलेट पिछले 7 दिनों में यहाँ थे।", ""}},
	"enrolled.none": {stateWarn,
		says{"No tablet belongs to the clinic yet.", "On the page Tablets: Add a tablet."},
		says{"अभी कोई टैबलेट क्लिनिक का नहीं है।", "टैबलेट पन्ने पर: टैबलेट जोड़ें।"}},
	"enrolled.away": {stateWarn,
		says{"None of the clinic's {all} tablets was here in the last 7 days.", "Are they on the clinic's Wi-Fi, and does the box's address open on them? Nothing that was saved on them is lost."},
		says{"पिछले 7 दिनों में क्लिनिक के {all} टैबलेट में से कोई यहाँ नहीं था।", "क्या वे क्लिनिक के Wi-Fi पर हैं और उन पर बॉक्स का पता खुलता है? उन पर सहेजा गया कुछ भी नहीं खोया है।"}},
	"enrolled.locked": {stateWarn,
		says{"Five wrong PINs were typed on: {names}. PINs are not taken there now.", "Is it in the right hands? Then unlock it on the page Tablets, or let an ASHA give a code for a new PIN."},
		says{"इन पर पाँच ग़लत PIN लिखे गए: {names}। वहाँ अभी PIN नहीं लिए जाते।", "क्या वे सही हाथों में हैं? तो टैबलेट पन्ने पर खोलें, या आशा से नए PIN का कोड लें।"}},

	"data_dir.private": {stateOK,
		says{"Only the box reads its data directory, {dir}.", ""},
		says{"डेटा फ़ोल्डर {dir} केवल बॉक्स पढ़ सकता है।", ""}},
	"data_dir.open": {stateFail,
		says{"Others on this computer may look into {dir}, where the patients are.", "`chmod 700 {dir}`"},
		says{"इस कंप्यूटर के दूसरे लोग {dir} देख सकते हैं, जिसमें मरीज़ों की जानकारी है।", "`chmod 700 {dir}`"}},

	"disk_kind.keeps": {stateOK,
		says{"The data is on {kind}.", ""},
		says{"डेटा {kind} पर है।", ""}},
	"disk_kind.unheard_of": {stateUnknown,
		says{"The data is on a file system that this program does not know.", "Best is a disk or SD card formatted as ext4."},
		says{"डेटा ऐसी फ़ाइल-प्रणाली पर है जिसे यह प्रोग्राम नहीं जानता।", "सबसे अच्छा: ext4 में फ़ॉर्मैट की हुई डिस्क या SD कार्ड।"}},
	"disk_kind.memory": {stateFail,
		says{"The data is in memory only ({kind}) and is gone when the power is.", "Move the data directory to a disk or SD card formatted as ext4."},
		says{"डेटा केवल मेमोरी में है ({kind}); बिजली जाते ही मिट जाएगा।", "डेटा फ़ोल्डर को ext4 में फ़ॉर्मैट की हुई डिस्क या SD कार्ड पर ले जाएँ।"}},
	"disk_kind.loses": {stateFail,
		says{"The data is on {kind}, which loses data when the power fails; the box does not start on it.", "Move the data directory to a disk or SD card formatted as ext4."},
		says{"डेटा {kind} पर है, जो बिजली जाने पर डेटा खो देता है; बॉक्स उस पर चालू नहीं होता।", "डेटा फ़ोल्डर को ext4 में फ़ॉर्मैट की हुई डिस्क या SD कार्ड पर ले जाएँ।"}},

	"disk_space.enough": {stateOK,
		says{"Free on the disk: {free}.", ""},
		says{"डिस्क पर {free} जगह ख़ाली है।", ""}},
	"disk_space.low": {stateWarn,
		says{"There is little room on the disk: {free}.", "Make room soon: take old files off the disk, or move the clinic to a larger one."},
		says{"डिस्क पर केवल {free} जगह बची है।", "जल्दी जगह बनाएँ: पुरानी फ़ाइलें हटाएँ, या क्लिनिक को बड़ी डिस्क पर ले जाएँ।"}},
	"disk_space.full": {stateFail,
		says{"The disk is full: {free} are left.", "Make room now. What was saved is safe; soon nothing new can be saved."},
		says{"डिस्क भर गई है: {free} जगह बची है।", "अभी जगह बनाएँ। जो सहेजा गया वह सुरक्षित है; जल्द ही नया कुछ नहीं सहेजा जा सकेगा।"}},

	"disk_write.works": {stateOK,
		says{"A file was written, kept and read again in {ms} ms.", ""},
		says{"एक फ़ाइल {ms} ms में लिखी, सहेजी और फिर पढ़ी गई।", ""}},
	"disk_write.refused": {stateFail,
		says{"The box cannot save right now; free on the disk: {free}.", "What was saved is safe. Make room on the disk; if there is room, the disk or SD card is dying: replace it."},
		says{"बॉक्स अभी सहेज नहीं पा रहा है; डिस्क पर {free} जगह ख़ाली है।", "जो सहेजा गया वह सुरक्षित है। डिस्क पर जगह बनाएँ; जगह हो तो डिस्क या SD कार्ड ख़राब हो रहा है: बदलें।"}},
	"disk_write.fails": {stateFail,
		says{"Nothing can be written beside the data: {error}.", "Is the disk full, or mounted read-only? A worn SD card becomes read-only: replace it."},
		says{"डेटा के पास कुछ नहीं लिखा जा सकता: {error}।", "डिस्क भरी है, या केवल पढ़ने के लिए है? घिसा हुआ SD कार्ड केवल पढ़ा जा सकता है: बदलें।"}},

	"schema.current": {stateOK,
		says{"The database has the form this program knows, {have}.", ""},
		says{"डेटाबेस का रूप वही है जो यह प्रोग्राम जानता है, {have}।", ""}},
	"schema.older": {stateWarn,
		says{"The database has the older form {have}, this program's is {known}.", "It is brought up to date, with a copy set aside, when the box starts."},
		says{"डेटाबेस का रूप पुराना है, {have}; इस प्रोग्राम का {known} है।", "बॉक्स चालू होने पर वह नया हो जाता है, और एक प्रति अलग रखी जाती है।"}},
	"schema.newer": {stateFail,
		says{"The database was made by a newer program: form {have}, this one knows {known}.", "Put the newer program back."},
		says{"डेटाबेस नए प्रोग्राम से बना है: रूप {have}, यह प्रोग्राम {known} तक जानता है।", "नया प्रोग्राम वापस लगाएँ।"}},

	"database.sound": {stateOK,
		says{"The database was read from end to end and is sound ({size}).", ""},
		says{"डेटाबेस शुरू से अंत तक पढ़ा गया और ठीक है ({size})।", ""}},
	"database.sound_at_start": {stateOK,
		says{"The database was read from end to end when the box started, {time}, and was sound ({size}). `aarogya doctor` reads it again.", ""},
		says{"बॉक्स चालू होने पर, {time}, डेटाबेस शुरू से अंत तक पढ़ा गया और ठीक था ({size})। `aarogya doctor` उसे फिर पढ़ता है।", ""}},
	"database.being_read": {stateUnknown,
		says{"The database ({size}) is still being read after the start.", "Check again in a few minutes."},
		says{"चालू होने के बाद डेटाबेस ({size}) अभी पढ़ा जा रहा है।", "कुछ मिनट बाद फिर जाँचें।"}},
	"database.damaged": {stateFail,
		says{"The database is damaged.", "Stop the box, keep the whole data directory as it is, and restore the newest backup."},
		says{"डेटाबेस ख़राब हो गया है।", "बॉक्स बंद करें, पूरा डेटा फ़ोल्डर वैसा ही रखें, और सबसे नया बैकअप वापस लाएँ।"}},

	"log.unaltered": {stateOK,
		says{"All {rows} entries of the record follow from each other: nothing was altered.", ""},
		says{"लेखे की सभी {rows} प्रविष्टियाँ एक-दूसरे से जुड़ी हैं: कुछ बदला नहीं गया।", ""}},
	"log.newest_unaltered": {stateOK,
		says{"The newest {rows} of {all} entries follow from each other. `aarogya doctor` on the box reads them all.", ""},
		says{"{all} में से सबसे नई {rows} प्रविष्टियाँ एक-दूसरे से जुड़ी हैं। बॉक्स पर `aarogya doctor` सब पढ़ता है।", ""}},
	"log.altered": {stateFail,
		says{"The record does not hold together: it was altered or is damaged from entry {entry} on.", "Stop the box, keep the whole data directory as it is, and compare with the newest backup. If nobody can explain it, somebody was at the data."},
		says{"लेखा जुड़ा हुआ नहीं है: प्रविष्टि {entry} से बदला गया है या ख़राब है।", "बॉक्स बंद करें, पूरा डेटा फ़ोल्डर वैसा ही रखें, और सबसे नए बैकअप से मिलाएँ। कोई कारण न मिले तो डेटा के साथ छेड़छाड़ हुई है।"}},

	"tablets.on": {stateOK,
		says{"Tablets come by {address}.", ""},
		says{"टैबलेट {address} से आते हैं।", ""}},
	"tablets.demo": {stateOK,
		says{"This is the demo; it serves this computer alone, no tablets.", ""},
		says{"यह डेमो है; यह केवल इस कंप्यूटर के लिए है, टैबलेट के लिए नहीं।", ""}},
	"tablets.off": {stateWarn,
		says{"Tablets cannot come: the box was started without an address for them.", "Start it with `--https :443`"},
		says{"टैबलेट नहीं जुड़ सकते: बॉक्स उनके पते के बिना चालू किया गया है।", "`--https :443` के साथ चालू करें।"}},
	"tablets.loopback": {stateWarn,
		says{"Tablets cannot come: their address is for this computer alone.", "Start the box with `--https :443`"},
		says{"टैबलेट नहीं जुड़ सकते: उनका पता केवल इस कंप्यूटर के लिए है।", "बॉक्स को `--https :443` के साथ चालू करें।"}},

	"sockets.room": {stateOK,
		says{"Pages connected: {n} of at most {most}.", ""},
		says{"जुड़े हुए पन्ने: {n}, ज़्यादा से ज़्यादा {most}।", ""}},
	"sockets.many": {stateWarn,
		says{"Pages connected: {n} of at most {most}. There is little room left.", "Close pages nobody looks at. A clinic with that many screens: start the box with a larger `--max-sockets`."},
		says{"जुड़े हुए पन्ने: {n}, ज़्यादा से ज़्यादा {most}। जगह कम बची है।", "जो पन्ने कोई नहीं देख रहा, उन्हें बंद करें। इतनी स्क्रीन सच में हों तो बॉक्स को बड़े `--max-sockets` के साथ चालू करें।"}},
	"sockets.full": {stateFail,
		says{"Pages connected: {n} of at most {most}. There is room for no more.", "Close pages nobody looks at. A clinic with that many screens: start the box with a larger `--max-sockets`."},
		says{"जुड़े हुए पन्ने: {n}, ज़्यादा से ज़्यादा {most}। और की जगह नहीं है।", "जो पन्ने कोई नहीं देख रहा, उन्हें बंद करें। इतनी स्क्रीन सच में हों तो बॉक्स को बड़े `--max-sockets` के साथ चालू करें।"}},

	"ca.there": {stateOK,
		says{"What the tablets trust is in its place; its fingerprint begins {fingerprint}.", ""},
		says{"टैबलेट जिस पर भरोसा करते हैं वह अपनी जगह पर है; उसका फ़िंगरप्रिंट {fingerprint} से शुरू होता है।", ""}},
	"ca.missing": {stateFail,
		says{"{file} is missing: from the next start on no tablet can come in.", "Put the file back from a backup before restarting. A new one would be trusted by no tablet."},
		says{"{file} नहीं है: बॉक्स के अगली बार चालू होने पर कोई टैबलेट नहीं जुड़ पाएगा।", "फिर चालू करने से पहले फ़ाइल को बैकअप से वापस लाएँ। नई फ़ाइल पर कोई टैबलेट भरोसा नहीं करेगा।"}},
	"ca.damaged": {stateFail,
		says{"{file} is damaged: from the next start on no tablet can come in.", "Put the file back from a backup before restarting. A new one would be trusted by no tablet."},
		says{"{file} ख़राब है: बॉक्स के अगली बार चालू होने पर कोई टैबलेट नहीं जुड़ पाएगा।", "फिर चालू करने से पहले फ़ाइल को बैकअप से वापस लाएँ। नई फ़ाइल पर कोई टैबलेट भरोसा नहीं करेगा।"}},
	"ca.foreign": {stateFail,
		says{"{file} is another clinic's; the tablets here do not trust it.", "Put the right file back from a backup."},
		says{"{file} किसी दूसरे क्लिनिक की है; यहाँ के टैबलेट उस पर भरोसा नहीं करते।", "सही फ़ाइल को बैकअप से वापस लाएँ।"}},
	"ca.readable": {stateFail,
		says{"Others on this computer may read {file}, and could play this box to every tablet.", "`chmod 600 {file}`"},
		says{"इस कंप्यूटर के दूसरे लोग {file} पढ़ सकते हैं, और हर टैबलेट के सामने यह बॉक्स बन सकते हैं।", "`chmod 600 {file}`"}},

	"certificate.good": {stateOK,
		says{"The certificate holds for {days} more days, for {names}.", ""},
		says{"प्रमाणपत्र और {days} दिन मान्य है, इनके लिए: {names}।", ""}},
	"certificate.ends_soon": {stateWarn,
		says{"The certificate ends in {days} days and was not renewed.", "Restart the box: it makes a new one. Tablets need nothing."},
		says{"प्रमाणपत्र {days} दिन में ख़त्म होगा और नया नहीं बना।", "बॉक्स फिर से चालू करें: नया बन जाएगा। टैबलेट पर कुछ नहीं करना है।"}},
	"certificate.not_now": {stateFail,
		says{"The certificate holds from {from} to {until}, and the box's clock says {time}: tablets refuse it.", "Is the date right? If so, restart the box: it makes a new certificate."},
		says{"प्रमाणपत्र {from} से {until} तक मान्य है, और बॉक्स की घड़ी में {time} है: टैबलेट उसे नहीं मानते।", "क्या तारीख़ सही है? हाँ तो बॉक्स फिर से चालू करें: नया प्रमाणपत्र बन जाएगा।"}},
	"certificate.misses": {stateFail,
		says{"The certificate does not hold for {names}: tablets that come by it are refused.", "Restart the box: it makes a new one. Tablets need nothing."},
		says{"प्रमाणपत्र {names} के लिए नहीं है: वहाँ से आने वाले टैबलेट नहीं जुड़ पाते।", "बॉक्स फिर से चालू करें: नया बन जाएगा। टैबलेट पर कुछ नहीं करना है।"}},
	"certificate.untrusted": {stateFail,
		says{"The certificate is not signed by what the tablets trust.", "Restart the box. If that does not help, put ca.pem back from a backup."},
		says{"प्रमाणपत्र पर उसका हस्ताक्षर नहीं है जिस पर टैबलेट भरोसा करते हैं।", "बॉक्स फिर से चालू करें। उससे न हो तो ca.pem को बैकअप से वापस लाएँ।"}},
	"certificate.none": {stateFail,
		says{"The box does not answer on its own address for tablets: {error}.", "Restart the box."},
		says{"बॉक्स टैबलेट के लिए अपने ही पते पर जवाब नहीं देता: {error}।", "बॉक्स फिर से चालू करें।"}},

	"name.answers": {stateOK,
		says{"{name} leads to {addresses}.", ""},
		says{"{name} इन पतों पर पहुँचाता है: {addresses}।", ""}},
	"name.switched_off": {stateOK,
		says{"{name} is not answered for (`--no-mdns`); tablets come by address: {addresses}.", ""},
		says{"{name} के लिए जवाब नहीं दिया जाता (`--no-mdns`); टैबलेट पते से आते हैं: {addresses}।", ""}},
	"name.silent": {stateFail,
		says{"Nobody answers for {name} on {interfaces}.", "Restart the box. A firewall must let UDP port 5353 through. Until then tablets come by the address."},
		says{"{interfaces} पर {name} के लिए कोई जवाब नहीं देता।", "बॉक्स फिर से चालू करें। फ़ायरवॉल में UDP पोर्ट 5353 खुला हो। तब तक टैबलेट पते से आएँ।"}},
	"name.no_network": {stateFail,
		says{"The box is on no network: no cable or Wi-Fi has an address.", "Plug in the cable, or connect the box to the clinic's Wi-Fi; look whether the router is on."},
		says{"बॉक्स किसी नेटवर्क पर नहीं है: न तार को, न Wi-Fi को पता मिला है।", "तार लगाएँ, या बॉक्स को क्लिनिक के Wi-Fi से जोड़ें; देखें कि राउटर चालू है।"}},

	"other_box.nobody": {stateOK,
		says{"Nobody else goes by the name {name}.", ""},
		says{"{name} नाम किसी और का नहीं है।", ""}},
	"other_box.seen": {stateFail,
		says{"Another machine goes by the name {name}: {address}. Tablets may reach the wrong one.", "Turn that machine off. If it is a copy of this box's card, never run both: cases would be kept in two places."},
		says{"एक और मशीन {name} नाम से चल रही है: {address}। टैबलेट ग़लत मशीन पर जा सकते हैं।", "उस मशीन को बंद करें। वह इसी बॉक्स के कार्ड की नक़ल हो तो दोनों कभी साथ न चलाएँ: केस दो जगह बँट जाएँगे।"}},

	"reach.open": {stateOK,
		says{"The box can be connected to at {addresses}.", ""},
		says{"बॉक्स से इन पतों पर जुड़ा जा सकता है: {addresses}।", ""}},
	"reach.closed": {stateFail,
		says{"The box cannot be connected to at {addresses}.", "Start the box with `--https :443`, without an address before the colon; look whether a firewall is on."},
		says{"बॉक्स से इन पतों पर नहीं जुड़ा जा सकता: {addresses}।", "बॉक्स को `--https :443` के साथ चालू करें, कोलन के पहले कोई पता न हो; देखें कि फ़ायरवॉल तो नहीं लगा।"}},

	"firewall.none": {stateOK,
		says{"No firewall rule of this computer keeps tablets out.", ""},
		says{"इस कंप्यूटर का कोई फ़ायरवॉल नियम टैबलेट को नहीं रोकता।", ""}},
	"firewall.lets_in": {stateOK,
		says{"A firewall is on, and a rule of it lets port {port} in.", ""},
		says{"फ़ायरवॉल लगा है, और उसके एक नियम में पोर्ट {port} खुला है।", ""}},
	"firewall.keeps_out": {stateFail,
		says{"A firewall refuses what it does not know, and no rule of it lets port {port} in.", "Let tablets in: `sudo ufw allow {port}/tcp && sudo ufw allow 5353/udp`, or the same in your firewall."},
		says{"फ़ायरवॉल अनजान को रोकता है, और उसके किसी नियम में पोर्ट {port} खुला नहीं है।", "टैबलेट को आने दें: `sudo ufw allow {port}/tcp && sudo ufw allow 5353/udp`, या अपने फ़ायरवॉल में यही करें।"}},
	"firewall.on": {stateUnknown,
		says{"A firewall is on ({which}); whether it lets tablets in cannot be told from here.", "Let them in: TCP port {port} and UDP port 5353. With ufw: `sudo ufw allow {port}/tcp && sudo ufw allow 5353/udp`"},
		says{"फ़ायरवॉल लगा है ({which}); वह टैबलेट को आने देता है या नहीं, यहाँ से पता नहीं चलता।", "आने दें: TCP पोर्ट {port} और UDP पोर्ट 5353। ufw में: `sudo ufw allow {port}/tcp && sudo ufw allow 5353/udp`"}},
	"firewall.hidden": {stateUnknown,
		says{"Whether a firewall keeps tablets out cannot be told from here.", "`sudo aarogya doctor --data {dir}`, on the box, may see more. A tablet that opens the page has the answer too."},
		says{"फ़ायरवॉल टैबलेट को रोकता है या नहीं, यहाँ से पता नहीं चलता।", "बॉक्स पर `sudo aarogya doctor --data {dir}` ज़्यादा देख सकता है। कोई टैबलेट पन्ना खोल ले, तो वह भी जवाब है।"}},

	"ports.free": {stateOK,
		says{"The ports a box takes are free: {ports}.", ""},
		says{"बॉक्स के पोर्ट ख़ाली हैं: {ports}।", ""}},
	"ports.taken": {stateFail,
		says{"Another program has a port the box takes: {ports}.", "Stop that program and keep it from starting, such as: `sudo systemctl disable --now apache2 nginx`"},
		says{"बॉक्स का पोर्ट किसी दूसरे प्रोग्राम ने ले रखा है: {ports}।", "उस प्रोग्राम को बंद करें और चालू होने से रोकें, जैसे: `sudo systemctl disable --now apache2 nginx`"}},
}

// inWords makes an outcome ready to be shown.
func inWords(check string, o outcome) finding {
	w, known := outcomes[check+"."+o.why]
	if !known {
		w = anyCheck[o.why]
	}
	var pairs []string
	for name, value := range o.facts {
		pairs = append(pairs, "{"+name+"}", value)
	}
	fill := strings.NewReplacer(pairs...).Replace
	return finding{Check: check, Outcome: o.why, State: w.state, Facts: o.facts,
		En: advice{titles[check][0], fill(w.en[0]), fill(w.en[1])},
		Hi: advice{titles[check][1], fill(w.hi[0]), fill(w.hi[1])}}
}
