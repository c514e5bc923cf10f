"""The words by which people say that something is broken, mended, to be checked, or only asked about: data.

Everything is in lower case without accents; an apostrophe is a blank, except in n't, which is "nt". A phrase matches
from the beginning of a word, and ends within one unless it ends with a blank; in Chinese, Japanese and Korean it
matches anywhere. `…_STEMS` are the beginnings of words, `…_WORDS` whole ones.
"""

from bot.hosts import HOST

# --- A fault -----------------------------------------------------------------------------------------------------

FAULT_STEMS = tuple(
    # English
    "error err_ fail broke brok expird expierd exspired invalid untrust insecur unsafe warn problem troubl refus timeout"
    " timedout unreach inaccess crash mismatch endless infinit outage untrusted reject complain denied blocked revoked"
    " unsecur misconfigur malfunction downtime unavailabl unable interrupt unrespons certificate_verify"
    " sslhandshake x509 sslerror throw spit glitch bug flak intermittent sporadic degrad freez froze forever lapse outdat"
    " vulnerab fake bogus corrupt garbage gibberish forbidden unauthori incomplete vanish abort disconnect unrecogni"
    " unknown phish hijack hacked flagged weak grey gray attack sudden alert conflict trip interrup cannot_ nonworking scary"
    # German, Spanish, French, Portuguese
    " fehl kaputt abgelaufen unsicher ungultig storung problem unerreichbar gestort abgesturzt defekt zertifikatsfehler"
    " fall erro expirad caducad vencid caid rot inseguro invalid advertencia averiad venci expiro caduco roto"
    " erreur panne avertissement casse echou echec inaccessible alerte plante invalide"
    " falh quebrad expirou venceu caiu inval avis".split()
)
FAULT_WORDS = frozenset(
    "expired expires expiring down dead offline stuck hangs hanging hung loop loops looping issues trouble mixed missing reset wrong weird"
    " strange odd slow 421 423 495 496 500 501 502 503 504 520 521 522 523 524 525 526 527 530 531 532 533 537 538 539"
    " 540 562 563 564 exception exceptions nxdomain servfail blank empty lost bad untrustworthy misbehaving misbehaves"
    " langsam tot panne lento morto lent".split()
)
# Words that begin like a fault and are none.
NOT_FAULTS = frozenset(
    "brokerage brokers broker failover failovers errorless bugzilla triple trips trip triplet unknowing alerting attached attach rotate rotation rotating rotates rotated rota rot"
    " fallback fallbacks falls fallen falling fall problemlos fehlerfrei casserole avis rote rotes roten roter"
    " invalidate invalidation".split()
)
FAULT_PHRASES = (
    # English
    "not secure", "not private", "not trusted", "not safe", "not valid", "not up", "times out", "timed out", "time out",
    "an issue ", "the issue ", "some issue ", "same issue ", "cert issue ", "certificate issue ", "ssl issue ", "https issue ",
    "tls issue ", "any issue ", "issue with", "issue on", "redirect loop", "many redirects", "bad gateway",
    "self signed", "self-signed", "unknown authority", "stopped working", "stops working", "acts up", "acting up",
    "has expired", "have expired", "went down", "goes down", "gone down", "what s wrong", "whats wrong", "what is wrong",
    "something s wrong", "is wrong with", "no padlock", "no lock", "without padlock", "struck through", "crossed out",
    "no answer", "no response", "no reply", "no connection", "no cipher", "no certificate", "blank page", "white page",
    "empty response", "connection reset", "connection closed", "gives up", "give up", "need help with", "please help",
    "pls help", "plz help", "help please", "help pls", "nobody can", "no one can", "never loads", "never opens",
    "does nothing", "keeps loading", "loads forever", "wrong cert", "wrong domain", "old certificate", "old cert",
    "out of date", "ran out", "redirects to itself", "redirects forever", "is dead", "is toast", "is not ok",
    "might be trying to steal", "default cert", "default page", "another certificate", "other certificate", "different cert",
    "someone else s", "instead of the", "expected", "supposed to", "no one ", "padlock gone", "lock gone", "keeps ",
    "privacy error", "something s off", "something is off", "is off ", "seems off", "looks off", "browser wants", "a hand with", "no https", "no ssl", "no tls", "in trouble", "half the time", "only sometimes", "misses", "could not prove", "potential security risk",
    # German
    "geht nicht", "geht nich", "klappt nicht", "kein schloss", "stimmt nicht", "stimmt was nicht", "stimmt etwas nicht",
    "lauft nicht", "ist down", "ist weg", "bitte um hilfe", "zeitubersch", "nicht sicher", "nicht vertrauen",
    "was ist los", "was ist mit", "keine verbindung", "keine antwort", "keine sichere", "nicht da ", "nichts mehr", "unbekannter aussteller", "lasst sich nicht",
    # Spanish
    "no funciona", "no abre", "no carga", "no va ", "no puedo", "no se puede", "no podemos", "no responde", "no anda",
    "no es segur", "no segur", "no entra", "no me deja", "da error", "no consigo", "dejo de funcionar", "no conecta",
    "que pasa con", "que le pasa", "no es valido", "no es de confianza", "tiempo de espera", "aviso de seguridad",
    "no aparece", "no sirve", "esta caid", "no sale", "no me ", "no hay ", "sin candado", "una mano", "ayuda con",
    # French
    "ne marche", "ne fonctionne", "marche pas", "marche plus", "fonctionne pas", "fonctionne plus", "ouvre pas",
    "ne charge", "ne repond", "repond pas", "arrive pas", "peux pas", "peut pas", "pas securis", "non securis",
    "impossible", "a expire", "est expire", "hors ligne", "hors service", "tombe", "pas valide",
    "pas accessible", "qu est ce qui se passe", "ne s affiche", "plus acces", "ouvre plus", "charge plus", "repond plus", "s affiche plus", "probleme",
    # Portuguese
    "nao funciona", "nao abre", "nao carrega", "nao consigo", "nao conseguimos", "nao responde", "fora do ar",
    "nao segur", "nao e segur", "parou de funcionar", "nao conecta", "deu erro", "da erro", "nao da ",
    "nao entra", "nao e confiavel", "nao e valido", "o que ha de errado", "o que houve",
    # Chinese
    "打不开", "打不開", "无法", "無法", "访问不了", "訪問不了", "不能访问", "不能訪問", "不能打开", "进不去", "進不去", "上不去", "连不上", "連不上", "连接不上",
    "连不通", "报错", "報錯", "错误", "錯誤", "失败", "失敗", "过期", "過期", "到期了", "不安全", "不被信任", "不受信任", "不可信", "有问题", "有問題", "出问题",
    "出問題", "什么问题", "什麼問題", "啥问题", "的问题", "故障", "异常", "異常", "不行", "挂了", "掛了", "超时", "超時", "无效", "無效", "失效", "不生效",
    "没生效", "不工作", "坏了", "壞了", "警告", "用不了", "不通", "不可用", "不能用", "怎么回事", "怎麼回事", "怎么了", "怎麼了", "崩了", "宕机", "不对",
    "不匹配", "被拒绝", "拒绝连接", "没反应", "不了", "没法", "没办法", "不出来", "打不", "连不", "進不", "不正常", "怎么不", "为什么不", "不能", "慢", "被拦", "风险", "風險", "憑證錯",
    "不是私密", "并非", "不私密", "没有响应", "无响应", "打开不了", "显示不了", "加载不出", "加载不了", "循环", "次数过多", "不显示", "没有小锁",
    # Japanese
    "エラー", "開けない", "開けません", "開かない", "開きません", "つながらない", "つながりません", "繋がらない", "繋がりません", "接続できない", "接続できません",
    "アクセスできない", "アクセスできません", "見れない", "見られない", "見れません", "見られません", "表示されない", "表示されません", "表示できません", "切れて", "切れた",
    "切れました", "期限切れ", "失敗", "警告", "動かない", "動きません", "動作しない", "動作しません", "問題", "不具合", "壊れ", "落ちて", "落ちました", "おかしい",
    "安全ではありません", "保護されていない", "保護されていません", "信頼できない", "信頼されていない", "タイムアウト", "拒否", "無効", "できなくなり", "できなくなっ", "使えない",
    "使えません", "ダウン", "応答しない", "応答がない", "応答しません", "応答がありません", "ループ", "障害", "どうしたの", "ません", "ない", "切れ", "保護されな", "おかしく", "遅い", "困って", "助けて",
    # Korean
    "오류", "에러", "안 돼", "안돼", "안 되", "안되", "안 열", "안열", "안 뜨", "안 떠", "접속 안", "접속이 안", "연결이 안", "연결 안", "안됩", "안 됩",
    "실패", "만료", "경고", "문제", "작동하지", "열리지", "할 수 없", "되지 않", "뜨지 않", "못 열", "못 들어", "안 들어", "접속 불가", "불가능", "끊",
    "먹통", "다운", "시간 초과", "안전하지", "주의 요함", "신뢰할 수 없", "이상해", "이상합", "고장", "않", "없", "느려", "비공개로", "도와", "응답하지", "응답이 없",
)  # fmt: skip
# Verbs of what is seen: with a host, it is a fault that is told, unless it is good.
SEEN_WORDS = frozenset(
    "says say said shows show showing displays display displaying returns return returning gives gets throws".split()
)
# Error strings: with a host beside one, even "what does it mean" is asked about that host.
ERROR_STRINGS = ("err_", "_error", "exception", "x509", "certificate_verify", "handshake_failure", "_pkix_", "sslerror")

NEGATIONS = frozenset(
    "not cant cannot couldnt doesnt dont didnt isnt wasnt arent wont wouldnt unable never neither hasnt havent aint"
    " nicht nich nix kein keine keinen no nao ne pas non sin never stopped".split()
)
CANNOT = frozenset("cant cannot couldnt unable nobody".split())
AFTERWARDS = frozenset({"nicht", "nich", "pas"})  # "ich erreiche sie nicht"
# What a host should do: denied, it is a fault.
FUNCTION_STEMS = tuple(
    "work open load reach connect access display respond answer resolv come start accept validat verif trust visit view"
    " log available secure private valid safe match ok right correct good fine online reachabl secured green display up"
    " render show redirect responding handshake browse establish serv show"
    " funktion geh lad offne offnen erreich sicher aufruf vertrau gultig verbind klappt antwort anzeig angezeigt lauf"
    " komme kommt kommen startet"
    " funciona abr carg carreg pued consig respond repond marche fonctionn charg ouvr valid segur securis acced access"
    " disponib conect connect entra sirve responde aparec cargar va affich confi".split()
)
CANNOT_STEMS = ("get", "see", "use", "find", "go", "buy", "order", "pay", "fetch", "pull", "push", "clone", "download")

# --- Mended ------------------------------------------------------------------------------------------------------

GOOD_WORDS = frozenset(
    "work works worked working load loads loading open opens run runs running fine ok okay good up online back green"
    " fixed secure valid reachable available accessible great alive normal healthy happy perfect"
    " funktioniert geht lauft klappt erreichbar ladt offen funktionieren tut"
    " funciona funcionando abre carga carrega va anda marche fonctionne charge ouvre accessible ligne".split()
)
NOW_WORDS = frozenset(
    "now again jetzt wieder nun ahora ya maintenant nouveau agora finally endlich inzwischen anew meanwhile".split()
)
MENDED_PHRASES = (
    "is fixed", "are fixed", "was fixed", "been fixed", "got fixed", "fixed it", "fixed now", "i fixed", "we fixed",
    "now fixed", "it s fixed", "fixed the", "its fixed", "solved", "resolved", "sorted", "is gone", "are gone",
    "went away", "disappeared", "has gone", "back up", "back online", "is back ", "it s back ", "all good", "all fine",
    "loads fine", "works fine again", "false alarm", "never mind", "nevermind", "nvm", "no longer broken",
    "no longer shows", "no longer fails", "no longer down", "not broken anymore", "not down anymore", "working fine now",
    "everything works", "it works", "all set", "works like a charm", "good to go", "recovered", "up and running",
    "repaired", "healthy again", "renewed it",
    "behoben", "gelost", "repariert", "in ordnung", "hat sich erledigt", "erledigt", "alles gut", "lauft alles",
    "alles ok", "passt jetzt", "passt wieder",
    "ya funciona", "ahora funciona", "ya esta ", "solucionad", "resuelt", "arreglad", "ya abre", "todo bien", "ya va ",
    "ya carga", "vuelve a funcionar", "volvio a funcionar", "funciona de nuevo", "funciona otra vez",
    "resolu", "repare ", "c est bon", "remarche", "refonctionne", "est regle", "tout va bien", "de retour", "corrige ",
    "de nouveau en ligne", "de nouveau accessible",
    "ja funciona", "resolvid", "corrigid", "voltou", "tudo certo", "tudo ok", "ja esta ", "ja abre", "consertad",
    "好了", "正常了", "恢复", "恢復", "修好", "解决了", "解決了", "可以了", "没问题了", "沒問題了", "已修复", "已修復", "已经正常", "已解决", "一切正常",
    "可以访问了", "能访问了", "能打开了", "可以打开了", "现在正常", "搞定",
    "直りました", "直った", "治りました", "解決しました", "解決済", "解決した", "動くように", "見れるように", "見られるように", "開けるように", "復旧", "復活",
    "つながるように", "繋がるように", "できるようになり", "正常に戻", "大丈夫です", "修正しました", "修正されました", "問題なく",
    "해결됐", "해결되", "해결했", "해결됨", "잘 됩니다", "잘 돼", "잘돼", "잘됩", "이제 됩니다", "이제 돼", "정상", "고쳤", "고쳐졌", "복구", "다시 됩니다",
    "다시 돼", "잘 열",
)  # fmt: skip
# Faults denied.
NO_FAULT_PHRASES = (
    "nothing wrong", "nothing is wrong", "nothing s wrong", "kein problem", "keine probleme", "kein fehler",
    "keine fehler", "no hay problema", "sin problema", "sin error", "ningun problema", "ningun error", "pas de probleme",
    "aucun probleme", "aucune erreur", "pas d erreur", "plus d erreur", "plus de probleme", "sans erreur", "sem erro",
    "sem problema", "nenhum problema", "nenhum erro",
    "没问题", "沒問題", "没有问题", "沒有問題", "不了解", "能不能", "没有报错", "没有错误", "不报错了", "没有过期", "没过期", "没有异常",
    "問題ありません", "すみません", "かもしれません", "申し訳ありません", "必要ありません", "必要はありません", "必要ない", "必要はない", "間違いない", "ませんか",
    "問題ない", "問題なし", "エラーは出なく", "エラーが出なく", "エラーなし", "エラーはなく", "エラーが消え",
    "문제없", "문제 없", "필요 없", "필요없", "않아도", "필요하지 않", "문제 되지 않", "않나요", "오류 없", "오류가 없", "에러 없", "문제가 없",
)  # fmt: skip
DENIALS = frozenset("no not without never isnt wasnt arent neither nothing zero doesnt didnt havent hasnt".split())

# --- A check -----------------------------------------------------------------------------------------------------

CHECK_WORDS = frozenset(
    "check chk chek recheck re-check test retest scan rescan diagnose diagnos analyze analyse inspect examine investigate"
    " verify validate probe troubleshoot debug audit checkup confirm peek glance review assess evaluate"
    " prufen prufe pruf prufst pruft pruefen pruefe uberprufen uberprufe uberpruf checken checke checkst checkt teste"
    " testen testet schau schauen schaut schauts anschauen anschau ansehen nachsehen nachschauen untersuche untersuchen"
    " diagnostiziere kontrolliere kontrollieren guck gucken analysiere analysieren"
    " comprueba comprobar compruebe comprueben comprobad revisa revisar revise revisen verifica verificar verifique"
    " chequea chequear mira mirar analiza analizar diagnostica diagnosticar examina examinar probar prueba revisas"
    " verifie verifier verifiez tester testez regarde regarder regardez controle controler controlez examiner examine"
    " diagnostique diagnostiquer analyser analysez verifies jeter"
    " verifiquem checa checar cheque testar olha olhar olhe analisa analisar analise confere conferir confira".split()
)
CHECK_PHRASES = (
    "take a look", "have a look", "a quick look", "look at", "look into", "looking at", "look over", "run a check",
    "check on ", "check out", "show me the cert", "show me the chain", "show the cert", "give me the details", "give me details", "details of",
    "details on", "details about", "do a check", "do a scan", "run your check", "run the check", "run your test", "run some check", "your check", "help me with",
    "give me a hand", "eyes on", "status ", "hilf ", "hilfe bei", "helfen", "coup de main", "aide avec", "ajuda com", "ayuda con", "run a test", "run a scan", "run a diagnosis", "a health check",
    "tell me what s wrong", "find out why", "find out what", "see what s wrong", "see whats wrong", "see if", "see whether", "tell me if", "tell me whether", "know if", "know whether", "find out if", "find out whether",
    "sag mir ob", "sag mir, ob", "dime si", "dis moi si", "me diga se",
    "wirf einen blick", "blick auf", "guck mal", "sieh mal", "schau mal", "seht mal", "sieh dir", "um prufung",
    "um uberprufung", "echa un vistazo", "echale un vistazo", "echar un vistazo", "un vistazo", "coup d oeil",
    "coup d œil", "uma olhada", "ver o que", "ver que pasa", "da uma olhada",
    "检查", "檢查", "检测", "檢測", "看看", "看一下", "看下", "查一下", "查下", "诊断", "診斷", "测试一下", "测一下", "测下", "帮我查", "帮忙查", "幫我查",
    "帮忙看", "帮我看", "幫我看", "排查", "查看一下", "验证一下", "扫描一下", "测试下", "查查", "瞧瞧",
    "確認して", "確認お願い", "確認をお願い", "確認いただ", "確認頂", "調べて", "チェックして", "チェックお願い", "診断", "見てください", "見てもらえ", "見ていただ", "見て下さい",
    "検査して", "テストして", "調査して", "検証して", "ご確認",
    "확인해", "확인 좀", "확인 부탁", "확인부탁", "점검", "검사해", "검사 부탁", "봐 주", "봐주", "봐줘", "체크해", "체크 부탁", "진단", "살펴", "테스트해",
    "조사해", "확인하고 싶", "확인 바랍",
)  # fmt: skip
# Asked for by another word for it, in a question: "can you open a.example?"
SELF_WORDS = frozenset("i ill we well lets ive weve id wed".split())
NO_CHECK_PHRASES = (
    "no need", "doesnt need to be", "does not need to be", "neednt be", "without check", "without test", "without scan", "stop check", "stop test", "stop scan", "not asking",
    "nothing to check", "not necessary to", "unnecessary to", "refrain from", "hands off", "leave alone", "instead of check",
    "skip check", "skip the check", "keine prufung", "kein check", "nicht notig", "nicht mehr prufen", "lass ",
    "no hace falta", "no compruebe", "no revis", "no verifi", "no es necesario", "no mires", "no analic", "no hay que",
    "no chequ", "sin comprobar", "sin revisar", "pas besoin", "inutile de", "ne verifie", "ne teste", "ne controle",
    "ne regarde", "pas la peine", "sans verifier", "nao precisa", "nao verifi", "nao test", "nao chec", "nao e necessario",
    "nao cheque", "nao analis", "nao olhe", "sem verificar",
    "不要检查", "不用检查", "别检查", "不必检查", "無需檢查", "不需要检查", "无需检查", "请勿检查", "不要檢查", "不用檢查", "別檢查", "不要检测", "不用检测", "别检测",
    "不需要检测", "无需检测", "不要查", "不用查", "别查", "不用看", "别看", "不要测", "不用测", "别测", "请勿检测", "别去检查", "先别", "不要诊断", "不用诊断",
    "别诊断", "不要扫描", "别扫描", "不用帮我", "不需要诊断", "不要測", "不必檢測",
    "確認しない", "確認は不要", "確認不要", "調べない", "調べなくて", "確認しなくて", "チェックしない", "チェックしなくて", "チェックは不要", "確認する必要は", "調べる必要は",
    "診断しない", "診断は不要", "診断不要", "チェック不要", "確認の必要は",
    "확인하지", "검사하지", "점검하지", "확인할 필요", "점검할 필요", "검사할 필요", "체크하지", "확인 안 해", "진단하지", "진단할 필요", "확인은 필요",
    "점검은 필요", "체크할 필요", "확인 안해",
)  # fmt: skip
# What a check is asked for where no host is named: "check my site".
SITE_WORDS = (
    "site", "website", "domain", "page", "server", "host", "shop ", "url", "it ", "webseite", "seite", "domane", "sitio",
    "pagina", "dominio", "serveur", "servidor", "again", "网站", "網站", "域名", "站点", "サイト", "ドメイン", "사이트", "도메인",
)  # fmt: skip

# --- Only asked about --------------------------------------------------------------------------------------------

HOWTO_PHRASES = (
    "how do", "how can", "how could", "how to", "how should", "how would", "how must", "how does one", "howto", "what is a ",
    "what is the difference", "what is an ", "what are", "what does", "what do", "what s a ", "what s the best", "what s the difference",
    "what must", "what should", "what would", "what kind", "what type", "where do", "where can", "where is", "where in",
    "where should", "which certificate", "which type", "which plan", "which option", "which one", "which dns", "should i ",
    "should we ", "can i ", "can we ", "could i ", "could we ", "may i ", "may we ", "do i ", "do we ", "must i ", "must we",
    "is it possible", "is it ok to ", "is it okay to ", "is it enough", "is it necessary", "is there a way", "is there an option",
    "is there a guide", "explain", "steps to", "steps for", "a guide", "tutorial", "instructions", "documentation for",
    "how much", f"what is {HOST}", "do you support", "do you offer", "do you provide", "does your", "do your", "what s the procedure", "guide me",
    "que hago", "was mache ich", "que faire", "o que faco", "automatically", "by itself", "by themselves", "who can", "who should", "where s the",
    "tell me how", "show me how", "kann man", "darf man", "sollte man", "muss man", "was kostet", "wie viel", "wieviel", "cuanto cuesta", "combien", "quanto custa",
    "tell me what hsts", "want to know what", "best way", "best practice", "recommend",
    "i want to set", "walk me through",
    "wie kann", "wie richte", "wie konfiguriere", "wie aktiviere", "wie stelle", "wie bekomme", "wie mache", "wie muss",
    "wie soll", "wie installiere", "wie erneuere", "wie verlangere", "wie erzwinge", "wie leite", "wie binde", "wie setze",
    "wie lade", "wie wird", "wie schalte", "wie beantrage", "wie lege", "wie bestelle", "wie kriege", "wie krieg", "wie fuge",
    "was ist eigentlich", "was ist ein", "was ist der unterschied", "was bedeutet", "was heisst", "was sind", "wo kann",
    "wo finde", "wo stelle", "wo lade", "wo muss", "welches zertifikat", "anleitung", "soll ich", "sollte ich", "muss ich",
    "kann ich", "darf ich", "brauche ich", "erklar",
    "como configur", "como puedo", "como hago", "como activ", "como instal", "como renuev", "como se ", "como solicit",
    "como oblig", "como redirij", "como habilit", "como obten", "como pon", "como agreg", "como anad", "como forz", "como consigo",
    "que es ", "que significa", "que son", "donde ", "debo", "necesito", "cual es", "que certificado", "explica",
    "como faco", "como posso", "como ativ", "como renov", "como obter", "como redirecion", "como habilit", "como forc",
    "como adicion", "como emit", "como gero", "como coloco", "como instalo",
    "o que e ", "o que sao", "o que significa", "onde ", "devo", "preciso", "qual ", "posso usar",
    "comment ", "qu est ce qu un", "qu est ce que", "que signifie", "que veut dire", "c est quoi", "quel certificat", "faut il",
    "puis je", "dois je", "peut on", "ou est ce que", "ou puis", "ou trouver", "expliqu",
    "如何", "怎样", "怎樣", "怎么配", "怎么设", "怎么开", "怎么申", "怎么安", "怎么部", "怎么换", "怎么续", "怎么更", "怎么添", "怎么加", "怎么用", "怎么做",
    "怎么弄", "怎么把", "怎么给", "怎么在", "怎么为", "怎么上传", "怎么强制", "怎么实现", "怎么启用", "怎麼", "什么是", "什麼是", "是什么意思", "是什么", "什么意思",
    "哪里配", "哪里设", "在哪", "能不能用", "可以用", "需要什么", "需要准备", "要准备", "区别", "教程", "步骤", "方法", "应该用", "是否需要",
    "方法", "どうやって", "どのように", "するには", "とは", "やり方", "手順", "教えて", "どこで", "必要ですか", "違い", "どうすれば設定", "設定したい", "したいのですが",
    "べきですか", "どの証明書",
    "어떻게", "방법", "무엇", "뭔가요", "뭐예요", "뭐에요", "뭐죠", "어디서", "어디에서", "하려면", "설정하고 싶", "차이", "알려 주", "알려주", "필요한가요",
)  # fmt: skip
MEND_STEMS = (
    "fix", "solv", "resolv", "troubleshoot", "debug", "repair", "rid", "mend", "remedy", "remove the warn", "stop the",
    "do about", "beheb", "behebe", "los", "repar", "solucion", "arregl", "corrig", "resolver", "resoudr", "consert",
)  # fmt: skip
MEND_PHRASES = (
    "get rid", "do about", "deal with", "wegbekomm", "loswerd", "解决", "解決", "修复", "修復", "处理", "處理", "怎么办", "怎麼辦", "直す", "直せ",
    "どうすれば", "해결", "고치", "고칠", "어떡", "어떻게 해야",
)  # fmt: skip
WISHES = (
    "i want", "we want", "i d like", "i would like", "we d like", "we would like", "we plan", "i plan", "planning to",
    "i need to", "we need to", "we will ", "i will ", "i m going to", "we re going to", "i m about to",
    "ich mochte", "ich will", "ich wurde gern", "wir wollen", "wir mochten", "quiero", "queremos", "quisiera", "necesito",
    "je veux", "je voudrais", "nous voulons", "quero", "gostaria", "我想", "想要", "想给", "想把", "准备", "打算", "したい", "하고 싶",
)  # fmt: skip
IFS = (
    "what happens", "what if", "what would happen", "what will happen", "suppose", "in case", "hypothetically", "would it",
    "was passiert", "que pasa si", "que pasaria", "que se passe t il si", "o que acontece", "如果", "假如", "要是", "会怎么样",
    "会怎样", "もし", "した場合", "どうなり", "만약", "어떻게 되",
)  # fmt: skip
IF_WORDS = frozenset("if unless falls si".split())
WOULD_WORDS = frozenset("will would wird werden wurde".split())
WHY_WORDS = frozenset("why warum wieso weshalb pourquoi porque".split())
# Somebody else's text is spoken of, and not the host.
SOURCES = (
    "i read", "read on", "read at", "according to", "the article", "an article", "article on", "blog post", "as described",
    "as explained", "is explained", "explains", "the docs at", "tutorial on", "guide on", "video on", "saw on",
)  # fmt: skip

# --- The state of a host -----------------------------------------------------------------------------------------

STATE_OPENERS = frozenset(
    "is are does do has did isnt doesnt arent can could ist sind lauft geht funktioniert hat esta es tiene funciona est"
    " fonctionne marche a tem esta".split()
)
STATE_WORDS = frozenset(
    "up down ok okay working work works online reachable secure safe valid expired trusted available broken fine alive"
    " good correct correctly right properly healthy problem problems trouble issue issues support supports https offline"
    " encrypted accessible protected configured loading load open wrong dead live slow ready"
    " erreichbar sicher gultig abgelaufen verfugbar richtig korrekt geht funktioniert lauft"
    " seguro segura valido valida funciona funcionando disponible caido bien accessible valide securise marche fonctionne"
    " disponivel correto certo".split()
)
STATE_PHRASES = (
    "whats wrong", "what s wrong", "what is wrong", "what is going on", "what s going on", "whats going on", "what happened",
    "whats up with", "what s up with", "what s the matter", "what is the matter", "when does", "when will", "when do",
    "when did", "expiry of", "how long", "how many days", "who issued", "who signed", "issuer of", "what certificate does",
    "what cert", "which cert does", "which certificate does", "which ca ", "which tls", "what tls", "status of", "state of",
    f"how is {HOST}", f"how s {HOST}", "how healthy", "anything wrong", "any problem", "is everything", "any idea about",
    "wann lauft", "wie lange", "wer hat das zertifikat", "was ist los", "status von", "cuando caduca", "cuando expira",
    "cuando vence", "hasta cuando", "estado de", "quien emitio", "quand expire", "jusqu a quand", "etat de", "qui a emis",
    "quando expira", "quando vence", "ate quando", "quem emitiu",
    "吗", "嗎", "什么时候", "何时", "何時", "几号", "是否", "有没有", "怎么样", "谁签发",
    "ですか", "ますか", "でしょうか", "いつまで", "언제", "되나요", "인가요", "있나요", "한가요",
)  # fmt: skip
# A message that has one of these tells something, be it ever so short.
TELLING_WORDS = frozenset(
    "is are was were we i have has had uses use used moved bought own runs hosts registered see read fyi works docs doc documentation source ref"
    " reference article guide manual vs versus like example ist sind war"
    " es esta era est sont e foi gehort heisst".split()
)

# After a host that opens a clause, these say what it is, and any other word what it does.
IDENTIFYING_WORDS = frozenset(
    "is was are were will would could can may might should must belongs uses used and or und oder y et e plus from for on in via as at with mit von fur ist"
    " war sind wird gehort heisst nutzt es era sera usa est sera utilise foi"
    " points runs to too please pls thanks".split()
)

# --- Words without weight ----------------------------------------------------------------------------------------

FILLERS = frozenset(
    "hi hello hey heya hiya good morning afternoon evening please pls plz thanks thank you thx ty cheers and or also plus"
    " with for on at to of the this that these those my our site sites website websites domain domains host hosts url urls"
    " link server page team all everyone folks guys there here padlock bot what about how s and then next one ones ok okay"
    " well so now port via https http ssl tls cert certificate name"
    " hallo guten tag morgen moin servus bitte danke und oder mal was wie mit fur die der das meine unsere seite webseite"
    " hola buenos dias por favor gracias y o mi mis nuestro sitio el la los bonjour salut svp stp merci et ou s il te vous"
    " plait notre mon site le les ola oi bom dia obrigado obrigada e meu nosso"
    " 请 請 你好 您好 和 与 以及 谢谢 谢谢你 这个 呢 麻烦 帮忙 は と の を お願いします お願い よろしく 좀 부탁 부탁해요 부탁합니다 부탁드립니다 그리고 안녕하세요".split()
)

# --- Short messages ----------------------------------------------------------------------------------------------

GREETINGS = frozenset(
    "hi hello hey heya hiya yo howdy greetings morning afternoon evening hallo moin servus tag hola buenas bonjour salut"
    " ola oi 你好 您好 嗨 早上好 大家好 こんにちは おはよう おはようございます こんばんは 안녕 안녕하세요".split()
)
THANKS = frozenset(
    "thanks thank thx ty tysm cheers danke dankeschon gracias merci obrigado obrigada 谢谢 謝謝 多谢 感谢 谢谢你 ありがとう"
    " ありがとうございます ありがとうございました 감사합니다 고마워 고마워요 고맙습니다".split()
)
FAREWELLS = frozenset("bye goodbye cya ciao tschuss adios tchau 再见 再見 さようなら 안녕히".split())
HELP_PHRASES = (
    "help", "what can you do", "what do you do", "who are you", "what are you", "how do you work", "how does this work",
    "what is this", "hilfe", "was kannst du", "ayuda", "que puedes hacer", "aide", "que sais tu faire", "ajuda",
    "o que voce faz", "帮助", "幫助", "你会什么", "你能做什么", "你能干什么", "ヘルプ", "何ができますか", "도움말", "뭘 할 수 있어",
)  # fmt: skip
CHATTER = frozenset(
    "good so much very you a lot the for your help great nice cool perfect awesome ok okay fine all again yes no vielen dank"
    " guten sehr schon muchas mil dias buenos tardes noches beaucoup bien muito bom dia boa tarde noite wonderful super"
    " team everyone there padlock bot to and see later how are day have hab einen noch lol haha everybody folks that was it"
    " works".split()
)
AGAIN = (
    "check again", "again", "again please", "recheck", "re-check", "re check", "retry", "try again", "check it again", "one more time",
    "once more", "check once more", "test again", "test it again", "retest", "rerun", "run again", "run it again", "and now", "now",
    "how about now", "what about now", "is it fixed now", "is it working now", "does it work now", "fixed now", "better now",
    "is it ok now", "check now", "look again", "scan again", "refresh", "update", "still broken", "still",
    "nochmal", "noch mal", "noch einmal", "nochmal prufen", "prufe nochmal", "erneut prufen", "und jetzt", "otra vez", "de nuevo",
    "compruebalo otra vez", "y ahora", "encore", "encore une fois", "a nouveau", "et maintenant", "de novo", "novamente", "e agora",
    "再检查", "再检查一次", "再检查一下", "重新检查", "再试", "再试一次", "再查一次", "再查一下", "再看看", "现在呢", "再测一次", "もう一度", "もう一回", "再チェック",
    "再確認", "再確認して", "もう一度確認して", "今は", "다시", "다시 확인", "다시 확인해줘", "다시 확인해 주세요", "한번 더", "한 번 더", "지금은",
)  # fmt: skip
WHY = (
    "why", "why not", "why so", "why is that", "why that", "how come", "but why", "and why", "how do you know", "what does that mean",
    "what does this mean", "explain", "please explain", "explain that", "for what reason", "warum", "wieso", "weshalb", "warum das",
    "was heisst das", "was bedeutet das", "por que", "porque", "pourquoi", "pour quoi", "por que nao", "que significa eso",
    "为什么", "為什麼", "为啥", "什么意思", "什么原因", "なぜ", "なんで", "どうして", "どういう意味", "왜", "왜요", "왜 그래", "무슨 뜻",
)  # fmt: skip
MEND = (
    "how do i fix it", "how do i fix that", "how do i fix this", "how to fix", "how to fix it", "how to fix this", "how to fix that",
    "how can i fix it", "how can i fix this", "how can i fix that", "how do we fix it", "how do we fix this",
    "what now", "what do i do", "what do i do now", "what should i do", "what can i do", "what to do", "and now what", "now what",
    "what next", "next steps", "was tun", "was jetzt", "was soll ich tun", "wie behebe ich das", "que hago", "que hago ahora",
    "como lo arreglo", "que faire", "comment corriger", "o que faco", "o que fazer", "怎么办", "怎麼辦", "怎么修", "怎么解决", "如何解决",
    "どうすればいい", "どうすればいいですか", "どうしたらいい", "어떻게 해요", "어떻게 해", "어떻게 고쳐", "어떡해",
)  # fmt: skip
