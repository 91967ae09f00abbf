"""What mail servers say in words, by what they mean: the first line that fits counts.

Rule: patterns are our own, in case-folded text with single spaces, without unbounded gaps (a return is a stranger's
text). Order is meaning: what blames us, then what the address itself says, then what passes with time.
"""

from __future__ import annotations

import re
from typing import Final

SENDER_STAGES: Final = ("connect", "mail")
CERTAIN: Final = ("takes no mail", "no account")
"""Reasons that hold whatever code stands beside them."""
UNKNOWN: Final = ("user unknown", "no such address")
HEARSAY: Final = (*UNKNOWN, "no account")
"""Reasons that need a server's code: in a letter without any they are somebody's guess."""

Phrases = tuple[tuple[str, str, re.Pattern[str]], ...]

_NEAR: Final = r"[^.;]{0,60}?"


def _of(kind: str, reason: str, *patterns: str) -> tuple[str, str, re.Pattern[str]]:
    return kind, reason, re.compile("|".join(pattern.replace("~", _NEAR) for pattern in patterns))


PHRASES: Final[Phrases] = (
    _of("hard", "takes no mail", r"(?:unable to|failed to|could not) (?:get|resolve) mx"),
    _of(
        "policy",
        "our reputation",
        r"reputation|user complaints|rate of (?:unsolicited|suspicious)|too (?:much|many) (?:spam|complaints)|poorly rated|low score|service refus|excessive unknown recipients",
    ),
    _of(
        "policy",
        "authentication of our domain",
        r"(?:is not|isn't|not) aligned|\b(?:spf|dkim|dmarc)\b~(?:fail|reject|did not pass|softfail|permerror|not pass)|(?:fail\w*|passing|passed)~\b(?:spf|dkim|dmarc)\b",
    ),
    # What nothing can be read from: the address exists, the hour was bad.
    _of(
        "soft",
        "busy",
        r"too many (?:concurrent |simultaneous )?(?:connections|sessions|messages|recipients|errors|invalid recipients)",
        r"(?:connection|message|sending|receiving|delivery|mail) ?rate(?: limit)?~(?:exceed|limit)",
        r"host not found, try again|(?:name|dns) server~(?:fail|error|timeout)|rate[- ]?limit|throttl|\bbusy\b~later|greylist|grey-list|try (?:again )?later|temporarily deferred",
        r"exceeded ~(?:messages|emails|mails) (?:per|in an?) (?:hour|day|minute)",
        r"maximum (?:number of )?connections|frequency (?:is )?limit|too (?:fast|quick)|slow down|at a rate that prevents|(?:daily|hourly|sending|message) (?:limit|quota)~(?:exceed|reach)",
    ),
    # The reader's mailbox, said plainly: no policy is meant even under a code that says so.
    _of(
        "soft",
        "mailbox full",
        r"(?:mailbox|mail box|mailfolder|inbox|account|maildrop|user|storage|disk|recipient)~(?:is |was |'s )?(?:\bfull\b|over ?quota|out of (?:storage|space))",
        r"over (?:the )?(?:disk |storage |mail )?(?:quota|allocation)|over-?quota|quota ~(?:exceed|full|violat|reached)|exceed~quota|out of quota|quota-limit",
        r"(?:insufficient|not enough|no) (?:disk |system |mailbox )?(?:storage|space)|disk full|mailbox size limit|mailbox~(?:exceeds|too full|limit (?:is )?(?:exceed|reach))",
        r"boîte ~pleine|postfach ~voll|speicherplatz|buz[oó]n ~llen|casella~piena|caixa~cheia|ящик ~переполн",
    ),
    _of(
        "soft",
        "too big",
        r"(?:message|mail|letter|attachment|headers?)(?: (?:file|length|content))?~(?:too (?:big|large|long)|exceeds|size limit)",
        r"(?:message|mail) (?:size|length)~(?:exceed|limit)|size limit exceeded|exceeds? ~(?:max|fixed|size)|maximum message size",
    ),
    # Ours: signature, server, reputation, text. Suppressing a reader for it would be wrong.
    _of(
        "policy",
        "authentication of our domain",
        r"\bspf\b|\bdkim\b|\bdmarc\b|sender ?id\b|sender policy framework|unauthenticated|domainkeys",
        r"authenti(?:cation|cated)~(?:required|fail|check)|not authenticated|only authenticated|must (?:be )?(?:authenticate|issue a starttls|log)|(?:incorrect|bad|invalid) (?:authentication|credential|login)|authentication credentials|password not accepted|(?:address|identit\w{1,3}|domain|sender)~not verified",
        r"sender (?:is )?not authorized|delivery not authorized|not (?:authorized|permitted|allowed) to (?:send|relay|use|connect)",
    ),
    _of(
        "policy",
        "our server's name",
        r"reverse[- ]?dns|\bptr\b|\brdns\b|reverse (?:lookup|hostname|mapping)|fcrdns|cannot find your (?:reverse )?hostname|resolve your hostname|no hostname associated|mismatch\w* (?:the )?client|does(?:n't| not) match (?:the |your )?(?:client|ip)",
        r"(?:helo|ehlo)~(?:reject|not resolve|invalid|denied|bogus|fqdn|must|syntax)|(?:forged|fake|faked|bogus|spoofed) (?:helo|ehlo|hostname|sender|from)|(?:reject|invalid)~\b(?:helo|ehlo)\b|ip (?:name )?lookup failed",
    ),
    _of(
        "hard",
        "takes no mail",
        r"(?:does not|doesn't|do not|never) (?:accept|receive) (?:any )?(?:e-?)?mail(?! (?:from|over|with|using|by|via|of|that|like|without))|no smtp service|null ?mx|not accept (?:e?mail|messages) for",
        r"(?:couldn't|could not|can't|cannot|unable to|failed to) (?:find|get|resolve|look ?up) (?:a |any |the )?(?:mail exchanger|mx|host named)|(?:couldn't|could not|can't|cannot) find (?:a |any )?host",
        r"no mail (?:exchanger|hosts?|servers?)|no (?:valid )?mx (?:record|host|found|entr|for|server|or a\b)|no host can be found|mx (?:points|records?)~(?:invalid|non-?exist|localhost|loops)",
    ),
    _of(
        "policy",
        "block list",
        r"(?:block|black|deny|reject)[- ]?list|\b(?:dns|r)w?bl(?:s|:rbl)?\b|\((?:con|rtr|dns|hvu|rly|dyn|rlb|spf):[a-z0-9]{1,4}\)|\b(?:dt:|mi:|hl:)[a-z]{3}\b|(?:adresse ip|serveur|connexion|\bip\b)~(?:bloqu|refus)|refused to talk to me: 5|(?:spamhaus|spamcop|barracuda|sorbs|uribl|surbl|uceprotect|abuseat|proofpoint|cloudmark|senderscore|trendmicro|ironport|invaluement)",
        r"blocked (?:using|by|due|because|for|until)|(?:ip|host|address|network|server|client|domain|connection)~(?:is|was|has been|been) (?:\w+ )?(?:blocked|banned|listed|refused)",
        r"client (?:host|address|ip)~(?:reject|block|denied)|(?:your|sending) (?:ip|server|host|network|domain|mail server)~(?:reject|block|denied|refus|poor|bad|ban)",
        r"(?:messages|mail|email) from \S{1,80} (?:weren't|were not|was not|has been|have been|will be|is|are)? ?(?:sent|temporarily|blocked|rejected|refused|deferred)",
        r"reputation|part of their network|open (?:relay|proxy)|not accepting (?:connections|mail from)|no mail accepted from|connection (?:was )?(?:rejected|denied)|(?:connections?|e?mails?|messages) from (?:this|your|the) (?:ip|host|server|network|address|domain)|dynamic(?:/residential)? (?:ips?|address|pool)|residential (?:ip|address)|ips? (?:are|is) not allowed|\bbanned\b|\bbanning\b|bad(?:ly)? (?:sender|host)",
    ),
    _of(
        "policy",
        "taken for spam",
        r"\bspam\b|\bspammy?|unsolicited|junk ?mail|\buce\b|\bbulk mail|content (?:rejected|filter|denied|refused|blocked)|denied by content|high (?:probability|spam)|suspicious",
        r"virus|malware|infected|phish|trojan|executable|attachment~(?:reject|block|not (?:allowed|accept))|dangerous|unsafe",
        r"(?:message|mail|content|transaction|letter)~(?:looks? like|appears to|identified as|classified as|considered)",
    ),
    _of(
        "policy",
        "their rules",
        r"polic(?:y|ies)|prohibited|administrative(?:ly)? (?:prohibit|den|reject|lock|block)|by administrator|denied by (?:the )?admin",
        r"(?<!recipient address rejected: )access denied|denied\b~\(?state|security (?:violation|polic|reason|error)|not accepted for|violat(?:es|ion)",
        r"re?lay(?:ing)?~(?:denied|prohibit|not (?:permitted|allowed)|access|reject|forbidden)|unable to relay|insecure mail relay|no relaying|not (?:a |an )?(?:open )?(?:relay|permitted to relay)|we do not relay|not in my relay|rcpthosts",
        r"sender~(?:reject|denied|refused|verify|verification|not (?:allow|exist|accept)|invalid|unknown|blocked|bad|unroutable|unresolvable)|(?:reject|unroutable|invalid|unverified|bad|refused)~sender|mail from~(?:reject|denied|not|invalid|refused)",
        r"return ?path|envelope (?:from|sender|blocked|rejected)|verification failed for|verify (?:the )?sender|sendasdenied|sender not in|domain of sender|sender(?:'s)? domain|from (?:address|header|domain)~(?:not|reject|invalid|must)|addresses in from",
        r"rfc[ -]?\d{3,4}\b(?! ?;)|not rfc|rfc-?complian|compliant|bare (?:lf|cr|newline|linefeed)|missing ~header|(?:duplicate|invalid|malformed) ~(?:headers?\b(?! char)|message-id)|message-id header",
        r"groups\.google\.com/support|permission to post|may post|not allowed to post|moderated|(?:restricted|authorized|allowed) (?:senders?|recipients? list)|address is restricted|not (?:open to|a member)|only (?:members|accepts? mail from)",
        r"tls (?:is )?(?:required|not available|negotiation)|starttls|encryption (?:is )?(?:required|needed)|(?:over|with|without|using|use|requires?) (?:a )?(?:secure |encrypted |tls|ssl)|certificate~(?:validation|not (?:be )?(?:trusted|verif|match)|verif|invalid|expired|self-signed|unknown|mismatch|untrusted)|(?:untrusted|self-signed|expired) certificate|tls handshake",
    ),
    # The address or its domain.
    _of("soft", "no such address", r"^5\d\d :\s?user unknown"),  # names nobody: a filter's answer
    _of(
        "hard",
        "no account",
        r"(?:user|recipient) (?:doesn't|does not) have an? \S{0,80} ?account|no account (?:by|with|for) (?:this|that) name",
    ),
    _of(
        "hard",
        "moved",
        r"(?:user|recipient|address|mailbox|account|he|she|who)~(?:has |have |was |is |been )*(?:moved|removed|deleted|closed|cancell?ed|terminated|left the (?:company|organi)|no longer (?:works|with|on|available|exist|valid|in use|active|accept|employ|here|has))",
        r"no longer (?:on|at|with) (?:this |the )?(?:server|company|system|domain)|not our customer|address (?:has )?changed|new address|has been (?:replaced|retired)",
    ),
    _of(
        "hard",
        "no such domain",
        r"host (?:or domain name )?not found|^host \S{1,80} not found(?!,)|domain \S{1,80} (?:does(?:n\'t| not) exist|not found)|(?:host|domain)(?: name)? ?(?:unknown|not found|does(?:n't| not) exist|couldn't be found|could not be found|is invalid)|(?:unknown|invalid|illegal|bad|no such|nonexistent) (?:host|domain)",
        r"unrouteable (?:mail )?(?:domain|address)|nxdomain|nonexistentdomain|dns lookup failure: host|domain~couldn't be found|name or service not known|no route to domain|host~does not exist|domain name~not found|domain is not reachable",
    ),
    _of(
        "hard",
        "not in their directory",
        r"msexch:\S{1,60} .{0,40}unknown recipient|^unknown user: \S{1,80}@|not listed in|several matches found|recipient name is not recogni[sz]ed|recipnotfound|recipientnotfound|resolver\.adr|not (?:found )?in (?:the |their |our )?(?:global |local |public |domino )?(?:directory|address (?:book|list))|smtp address lookup",
    ),
    _of(
        "soft",
        "suspended",
        r"\baccount(?: \S{1,80})? (?:is|was|has been) (?:\w+ )?(?:disabled|suspended|locked|deactivated|limited|restricted)",
    ),
    _of("hard", "user unknown", r"\b(?:no such|unknown) user\b|\buser unknown\b"),
    _of(
        "soft",
        "suspended",
        r"(?:account|mailbox|user|recipient|address|box|e?mail|service)~(?:is |was |been |has been |are )?(?:\w+ )?(?:disabled|inactive|suspended|locked|deactivated|discontinued|not activ|frozen|dormant|on hold|blocked|expired)",
        r"(?:disabled|inactive|suspended|locked|deactivated|blocked|expired) (?:recipient|user|account|mailbox|address|e?mail|due)",
    ),
    _of(
        "hard",
        "user unknown",
        r"\b(?:no such|unknown|invalid|non-?existent) (?:local )?(?:user|recipient|mailbox|account|addressee)\b",
        r"\b(?:user|recipient|mailbox|account|addressee) (?:\S{1,80} )?(?:is )?(?:unknown|not found|does(?:n't| not) exist|not exist)",
    ),
    _of(
        "hard",
        "no such address",
        r"(?:user|recipient|mailbox|address|account|addressee|person|name|customer|subscriber|member|local[- ]?part|alias|mail ?drop|username|login|e-?mail|destinat\w+|dd)\W{0,4}(?:\S{0,60}\W{0,3})?(?:is |was |are )?(?:un-?known|not (?:found|known|exist|valid|recogni[sz]ed|listed|local|here|present|unique|registered|available|defined|our|a valid|active)|does(?:n't| not) (?:exist|have|appear)|do(?:n't| not) exist|invalid|incorrect|non-?exist|undeliverable|couldn't be found|could not be found|was(?:n't| not) found|cannot be found|can't be found|unavailable|isn't|has no)",
        r"(?:un-?known|no such|invalid|bad|non-?existent|incorrect|illegal|wrong|unrecogni[sz]ed|undefined|not a valid|not a known|unrouteable|unresolvable|no) (?:or \w+ )?(?:local |virtual |destination |e-?mail |mail |final |smtp )?(?:user|recipient|mailbox|address|account|addressee|person|name|alias|customer|local[- ]?part|destination|e-?mail|id|member|subscriber)",
        r"couldn't find any (?:such|host)|this address no longer|doesn't have (?:a|an) [\w.-]{1,40} account|not have an? (?:account|mailbox)|no ?(?:one|body) (?:here )?by that name|nobody here|no ?one here|not (?:in use|on file)|no such (?:person|recipient|user)|who\?|unable to find (?:the )?(?:user|recipient)|no matching (?:entry|recipient)|user_?unknown|(?:cannot|can\'t|could not|unable to) deliver (?:mail|message|this)? ?(?:for|to) (?:this|that|<)|(?:invalid|unknown) final delivery",
        r"utilisateur ~inconnu|adresse ~(?:inconnue|invalide|inexistante|n'existe)|destinataire~(?:inconnu|invalide|refus)|empfänger~(?:unbekannt|existiert)|(?:empfaenger|benutzer|adresse|postfach)~(?:unbekannt|existiert|ungültig|ungueltig)|(?:unbekannter|ungültiger?) ~(?:empfänger|adresse|benutzer)|(?:usuario|destinatario|direcci[oó]n|cuenta) ~(?:desconocid|no existe|inexistente|inv[aá]lid)|(?:utente|indirizzo|casella) ~(?:sconosciut|inesistent|non esiste)|(?:usuário|usuario|destinatário|endereço|conta) ~(?:desconhecid|inexistent|não existe|nao existe|inválid)|(?:użytkownik|uzytkownik|adres|konto|skrzynka)~(?:nie istnieje|nieznan)|(?:gebruiker|geadresseerde|adres)~(?:onbekend|bestaat niet)|(?:пользовател|адрес|получател|ящик)\w* ~(?:не найден|не существует|неизвест)|нет такого|用户不存在|收件人不存在|无此用户",
    ),
    _of(
        "soft",
        "not reached",
        r"connection (?:timed? ?out|refused|reset|lost|dropped|closed|failed|error)|timed? ?out|network (?:is )?unreachable|no route to host|host (?:is )?(?:down|unreachable)|(?:could not|couldn't|cannot|unable to) (?:connect|contact|reach|complete|open)",
        r"retry time(?:out)?~(?:exceeded|not reached)|(?:too long|delivery expired|giving up|given up|gave up|attempts?:|delayed|has been in the queue)|not been delivered|(?:could not|cannot|couldn't) be delivered (?:for|after|within)|delivery failed \d+ attempts|undelivered after|did not accept our requests|socket error|lookup fail(?:ure|ed)|queue\.expired|message expired",
        r"too many hops|mail loop|loops? (?:back|detected)|looping|routing loop|loopdetected|hop count|maximum allowed times|forwarded more than",
    ),
    _of(
        "soft",
        "their trouble",
        r"(?:system|operating system|internal|server|local|configuration|database|ldap|software|temporary|service|backend|delivery agent|lmtp)~(?:error|failure|problem|unavailable|trouble|fault)|unable to (?:write|lock|process|deliver)|can(?:no|')t (?:create|open|write|lock)|command (?:died|not found)|pipe to|returned ~status|mailer error|bad (?:file|exit)|\bbug\b",
        r"syntax error|(?:bad|improper|invalid) sequence|command (?:not|un)recogni[sz]ed|unrecogni[sz]ed command|protocol (?:error|violation)",
    ),
    _of(
        "hard",
        "no such address",
        r"(?:recipient|rcpt|address)(?: address)? (?:was )?rejected|recipient (?:verify|verification) failed|(?:mailbox|account|user) for \S{1,80} (?:does(?:n't| not) exist|not found|is unknown)|recipient~rejected by|rejects? recipient|^5\d\d (?:#?5\.\d{1,3}\.\d{1,3} )?\S{1,80}@\S{1,80} rejected$",
    ),
    # Japanese providers add what may have been the cause in their language; the English they quote is what was.
    _of("soft", "mailbox full", r"容量|いっぱい"),
    _of("soft", "too big", r"サイズ~(?:大きすぎ|超え|超過)"),
    _of(
        "hard",
        "no such address",
        r"(?:ユーザ|宛先|アドレス|メールアドレス)~(?:見つかりません|存在しません|不明|みつかりません|見つからな)|見つかりません|存在しません|存在しない|有効な(?:宛先|アドレス)ではあり",
    ),
)

LAST: Final[Phrases] = (
    _of(
        "policy",
        "they refuse us",
        r"(?:mail|messages?|letter|sender|transaction|content|delivery|connection|session|access|request|relay)~(?:rejected|refused|denied|declined|not accepted|blocked|filtered|forbidden|unwanted|banned)",
        r"\b(?:denied|forbidden|unwanted|blocked)\b|reject all mail|not welcome|don't want|do not want|go away|you are not allowed|unacceptable",
    ),
)
"""What a server's own words mean where nothing else was said: around them the same words are only politeness."""
