"""The language of a text by its small words: the ones every page of it is full of, and other languages lack.

Rule: said where it is plain; where it is not, one that was declared and fits is believed; where nothing was declared, the
likeliest. Languages that differ in few small words are neighbours: `core.languages` knows which of them agree. A
detector's model would weigh seventy megabytes in every process that reads, for one page in a hundred.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection
from typing import Final

LONGEST: Final = 1500
"""Characters looked at."""
LEAST_WORDS: Final = 12
PLAIN: Final = ((0.1, 1.25), (0.04, 3.0))
"""A language is plain with this share of small words, and so many times those of the next; languages that put their small
words into the ends of others (Turkish, Finnish) have fewer, and no neighbours."""
LEAST_SHARE: Final = 0.04
"""So much, and within `NEAR` of the most, and a language that was declared is believed."""
NEAR: Final = 1.25

_SMALL: Final = {
    "en": "the of and to in a is that for it was on with as at by from be this have are not which his he had but were they their has",
    "de": "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er hat dass sie nach wird bei einer um am sind noch wie einem über einen so zum war haben nur oder aber vor zur bis mehr durch man sein",
    "nl": "de het een van en in is dat op te zijn met voor niet aan er om ook als dan maar bij nog uit naar door over ze heeft hij worden wordt was tot deze werd kan geen of meer al zo hebben wel",
    "af": "die van en in het is n nie wat om te vir met hy aan op was ook sy as dit by hulle deur kan word maar dat sal ons ná",
    "sv": "och i att det som en på är av för med till den har de inte om ett han men var jag sig från vi så kan när år hon under också efter eller nu där vid mot ska",
    "no": "og i det er på en som til av for at med de har ikke den et om han var fra jeg vi men seg å så kan ble også etter sier skal eller over ved ut mot noe bli hvor",
    "da": "og i at det er en til på af for de med som den der har ikke et om han var fra jeg men vi sig så kan blev også efter siger skal eller over ved ud mod noget blive hvor efter være",
    "is": "og að í á er sem það við um var til en með hann ekki af fyrir hefur því þetta eru hún frá þá ég eftir verið þar svo upp",
    "fr": "de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se ce il sont avec ont aux ou mais son cette comme été ses nous leur elle deux sa ces fait être",
    "es": "de la que el en y a los se del las un por con una su para es al lo como más o pero sus le ha sin sobre este ya entre cuando todo esta ser son dos también fue había era muy años hasta desde",
    "pt": "de a o que e do da em um para com não uma os no se na por mais as dos como mas foi ao ele das à seu sua ou ser quando muito há nos já está também só pelo pela até isso são",
    "gl": "de a o que e do da en un para con non unha os no se na por máis as dos como pero foi ao el das á seu súa ou ser cando moi hai nos xa está tamén só polo pola ata iso son",
    "ca": "de la que el i a en els les un per del amb una es no al ha més va com dels són seva o aquest però també pel ser hi fa aquesta entre seu quan molt fins tot",
    "it": "di e il la che in un a per è una del non con si da i sono le della più al come dei nel ha alla lo ma anche dal su gli questo delle o se ci era suo essere dopo stato hanno",
    "ro": "de și în a la cu pe o nu că care un mai din au este pentru să se fost sunt ce al va dar ca lui după fi fost acest această prin sau între fi",
    "pl": "w i z na się do nie że jest to o po od za jak przez ale dla są który tym co ma tego być także może już było tak jego został oraz przed roku która",
    "cs": "a v se na je že s z do o i to k ve pro za by ale si po jako podle jsou který od jeho nebo však už při jsem až bude byl více které také není bylo této jen",
    "sk": "a v sa na je že s z do o i to k vo pre za by ale si po ako podľa sú ktorý od jeho alebo však už pri som až bude bol viac ktoré tiež nie bolo tejto len",
    "sl": "je in v na se da za so ki pa s z po ne ni tudi kot od bi to še o pri bo ali če ter iz bil med lahko vse že do leta njegov smo",
    "hr": "je i u na se da za su od s o koji što to ne će a kao iz bi po sam nije ali do te koja samo još biti kako ili nakon prema bio rekao koje",
    "hu": "a az és hogy nem is egy meg ez van de azt volt mint már csak ezt még ki el ha vagy lesz szerint kell aki amely után között lehet fel be",
    "fi": "ja on ei se että oli hän ovat mutta ole kun myös niin kuin tai jos sen mukaan jo nyt vain vielä ollut hänen mitä joka sekä olla voi tämä kanssa jälkeen kaikki heidän eikä muun noin",
    "et": "ja on ei et see ta oli kui aga ka oma mis ning või selle nii kes siis juba ole veel pole mida olid eesti kuid tema järgi pärast saab",
    "lv": "un ir ka no ar par uz tas gada bet arī kas pēc vai nav lai kā būs to līdz tika tā savu bija ko šo kad jau pie viņš latvijas",
    "lt": "ir į kad yra iš su tai buvo per ne apie o kaip bet už metų po tik jis dar nuo prie savo jau taip ar būti kuris lietuvos arba",
    "tr": "ve bir bu da de için ile olarak olan daha çok en gibi sonra ise kadar ne var göre değil ya her olduğunu oldu etti dedi o ancak tarafından yeni",
    "az": "və bu bir ki ilə üçün də olan da daha çox o sonra ən isə kimi onun var edib deyil olub azərbaycan bildirib görə hər",
    "id": "yang dan di dengan untuk ini dari itu dalam pada tidak akan ke juga ada adalah karena oleh telah sudah mereka kata bisa tersebut sebagai saat para lebih atau ia bahwa",
    "ms": "yang dan di dengan untuk ini dari itu dalam pada tidak akan ke juga ada adalah kerana oleh telah sudah mereka kata boleh tersebut sebagai ketika beliau lebih atau bahawa katanya",
    "tl": "ang ng sa na mga at ay ni si hindi kay para ito ko siya may rin nila kung niya naman din ka po iyon nito noong ayon",
    "vi": "và của là có trong không được cho các với một người những đã này đến khi để từ ông về ra năm vào cũng như tại sẽ nhiều trên",
    "sw": "ya na wa kwa ni katika la za kuwa cha hiyo hii ambao huo yake kama hilo alisema pia wake baada au vya zaidi mwaka huu bila hayo",
    "zu": "ukuthi futhi noma uma lapho kodwa yini kanye ngoba nje manje le la lo abantu umuntu kusho uthe kule lesi leli kulo khona ngesikhathi",
    "xh": "ukuba kwaye okanye xa kodwa kunye kuba ngoku le la lo abantu umntu uthi ukuze kule esi eli nge kwi yokuba",
    "so": "oo iyo ka ku ee uu in ah aan la waa si ay wax soo laga waxaa isaga ayaa inay kale",
    "ha": "da a na ta ya wani ce ba cikin ne wannan don kuma sun shi an domin su daga wata mutane zai yi",
    "sq": "e të në dhe për me që një më i nga është se ka do si nuk u por janë ky kjo edhe ose duke",
    "cy": "y yn i a o ar mae r am yr wedi fod gan oedd eu ei sydd un hyn ond gyda bod",
    "ga": "an na a agus ar i go le is tá bhí do sa ag leis atá sé ach nach mar ó",
    "eu": "eta da ez bat du dira ere izan zuen egin ziren baina hori dute den dela duen bere zen baino",
    "ru": "и в не на что с по как к это из у за от он для о же его то но так а был было они все также после до или бы при её который если были во есть",
    "uk": "і в не на що з до як це за у та від його про для по він але так й а був було вони також після або при її який якщо були є із цього",
    "be": "і ў не на што з да як гэта за у ад яго пра для па ён але так а быў было яны таксама пасля або пры яе які калі былі ёсць",
    "bg": "на и в да се за от не с е че по са това като ще до при към или как но е той ни след беше има от тя през който още",
    "mk": "на и во да се за од не со е дека по се ова како ќе до при кон или но тој ние беше има таа што сите уште",
    "sr": "је и у на се да за су од о који што то не ће а као из би по сам није али до те која само још бити како",
    "kk": "және бұл мен үшін деп бір да де бойынша болып ол туралы қазақстан жылы сол осы еді",
    "ar": "في من على أن إلى التي عن مع الذي هذا ما هذه لم كان لا بعد بين قال كما ذلك قد كانت أو خلال",
    "fa": "و در به از که این را با است برای آن یک خود تا کرد شده ها بر هم می شود گفت نیز او اما",
    "ur": "کے میں کی ہے اور سے کا کو نے پر کہ ہیں یہ بھی کر اس ایک تھا جو نہیں تھے وہ ہو گیا",
    "hi": "के में की है और से का को ने पर कि हैं यह भी कर इस एक था जो नहीं थे वह हो गया लिए",
    "mr": "आहे आणि या च्या हे ते मध्ये व नाही होते एक त्या केली असे आहेत यांनी होता झाली त्यांनी करण्यात",
    "ne": "छ र को मा का ले भएको हो छन् गर्न गरेको पनि यो एक लागि हुन् भने थियो तथा",
    "bn": "ও এই করে থেকে না একটি তার হয় এবং জন্য এর করা হয়েছে কথা সঙ্গে বলে তিনি যে",
}  # fmt: skip
_LANGUAGES: Final[dict[str, list[str]]] = defaultdict(list)
for _language, _words in _SMALL.items():
    for _word in set(_words.split()):
        _LANGUAGES[_word].append(_language)
_WORD: Final = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u0900-\u0dff])*")


def told_by_small_words(text: str, declared: Collection[str] = ()) -> str:
    """The base language of a text ("en"), or "" where its small words do not settle it.

    One of the `declared` base languages is believed where its small words are about as many as any other's.
    """
    found = _WORD.findall(text[:LONGEST].lower())
    counts = Counter(language for word in found for language in _LANGUAGES.get(word, ()))
    if len(found) < LEAST_WORDS or not counts:
        return ""
    (first, most), *rest = counts.most_common(2)
    share, ahead = most / len(found), most / (rest[0][1] if rest else 1)
    if any(share >= least and ahead >= times for least, times in PLAIN):
        return first
    likely = (one for one in declared if counts[one] >= LEAST_SHARE * len(found) and counts[one] * NEAR >= most)
    return next(likely, "" if declared or share < LEAST_SHARE else first)
