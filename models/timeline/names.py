"""Words that generated timelines are made of: names of things, texts, sentences. Some are kept out of training."""
import hashlib
import json
import os

HERE = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(HERE, "words.txt")) as f:
    WORDS = f.read().split()
with open(os.path.join(HERE, "..", "perception", "nanodet", "manifest.json")) as f:
    COCO = json.load(f)["labels"]
# What else people call them.
ALSO = {
    "person": ["people", "man", "woman", "human", "pedestrian", "persons"], "bicycle": ["bike", "bikes"], "motorcycle": ["motorbike", "motorbikes"],
    "airplane": ["plane", "aeroplane", "aircraft"], "sports ball": ["ball", "balls"], "couch": ["sofa"], "tv": ["television", "screen"],
    "cell phone": ["phone", "mobile phone", "smartphone"], "cup": ["mug", "cups"], "dining table": ["table"], "potted plant": ["plant"],
    "teddy bear": ["teddy"], "wine glass": ["glass"], "traffic light": ["traffic lights"], "hair drier": ["hair dryer"], "car": ["automobile"],
    "laptop": ["notebook computer"], "mouse": ["computer mouse"], "boat": ["ship"], "refrigerator": ["fridge"],
}
ACTIONS = ["standing", "sitting", "arms raised"]
PICTURE = ["still", "moving", "dark"]
CHINESE = "的一是不了人我在有他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小么心多天而能好都然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长知民样现分将外但身些与高意进把法此实回二理美点月明其种声全工己话儿者向情部正名定女问力机给等几很业最间新什打便位因重被走电四第门相次东政海口使教西再平真听世气信北少关并内加化由却代军产入先山五太水万市眼体别处总才场师书比住员九笑性通目华报立马命张活难神数件安表原车白应路期叫死常提感金何更反合放做系计或司利受光王果亲界及今京务制解各任至清物台象记边共风战干接它许八特觉望直服毛林题建南度统色字请交爱让认算论百吃义科怎元社术结六功指思非流每青管夫连远资队跟带花快条院变联言权往展该领传近留红治决周保达办运武半候七必城父强步完革深区即求品士转量空甚众技轻程告江语英基派满式李息写呢识极令黄德收脸钱党倒未持取设始版双历越史商千片容研像找友孩站广改议形委早房音火际则首单据导影失拿网香似斯专石若兵弟谁校读志飞观争究包组造落视济喜离虽坏厅"


def is_held_out(word):
    """A tenth of all words is never trained on."""
    return hashlib.sha256(word.encode()).digest()[0] % 10 == 0


TRAIN_WORDS = [w for w in WORDS if not is_held_out(w)]
TEST_WORDS = [w for w in WORDS if is_held_out(w)]


try:
    with open(os.path.join(HERE, "vocabulary.json"), encoding="utf-8") as f:
        VOCABULARY = [piece for piece, _, kind in json.load(f) if kind == 1]
except FileNotFoundError:
    VOCABULARY = list("abcdefghijklmnopqrstuvwxyz")
# Every piece must be copied now and then, also those that few words have.
LETTERS = [piece.strip("\u2581") for piece in VOCABULARY if piece.strip("\u2581").isalpha()]


def invented(rng, test=False):
    """A word that nobody knows."""
    kind = rng.random()
    if kind < 0.3:
        return "".join(rng.choice(LETTERS) for _ in range(rng.choice([1, 2, 2, 3]))).lower()
    if kind < 0.7:
        return "".join(rng.choice("bcdfghjklmnprstvwz") + rng.choice(["a", "e", "i", "o", "u", "ai", "oo", "ar", "en"]) for _ in range(rng.randint(2, 3)))
    if kind < 0.85:
        return "".join(rng.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(rng.randint(3, 7)))
    return f"{rng.choice(TEST_WORDS if test else TRAIN_WORDS)}{rng.choice(['er', 'let', 'ix', 'oid', 'kin'])}"


def thing(rng, test=False):
    """What a thing is called."""
    kind = rng.random()
    if kind < 0.4:
        return rng.choice(COCO)
    words = TEST_WORDS if test else TRAIN_WORDS
    if kind < 0.62:
        return rng.choice(words)
    if kind < 0.7:
        return f"{rng.choice(words)} {rng.choice(words)}"
    return invented(rng, test)


def number(rng):
    return rng.choice([str(rng.randint(0, 99)), str(rng.randint(100, 9999)), f"{rng.randint(0, 23)}:{rng.randint(0, 59):02d}", f"{rng.randint(1, 99)}.{rng.randint(0, 99):02d}",
                       f"{rng.randint(1, 100)}%", f"${rng.randint(1, 500)}", f"{rng.choice('ABCDEFGHKLMNPQRSTUVWX')}{rng.randint(1, 99)}"])


def chinese(rng):
    return "".join(rng.choice(CHINESE) for _ in range(rng.randint(2, 5)))


def text(rng, test=False):
    """What may be read on a screen."""
    kind = rng.random()
    if kind < 0.06:
        return chinese(rng)
    if kind < 0.14:
        return "".join(rng.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") for _ in range(rng.randint(3, 9)))
    if kind < 0.22:
        return " ".join("".join(rng.choice(LETTERS) for _ in range(rng.choice([1, 2, 3]))) for _ in range(rng.choice([1, 2, 3])))
    words = [rng.choice(TEST_WORDS if test else TRAIN_WORDS) if rng.random() < 0.75 else number(rng) if rng.random() < 0.6 else invented(rng, test)
             for _ in range(rng.choice([1, 1, 2, 2, 3, 4, 5]))]
    case = rng.random()
    line = " ".join(words)
    line = line.upper() if case < 0.4 else line.title() if case < 0.65 else line.capitalize() if case < 0.85 else line
    return line + rng.choice(["", "", "", "", "!", "?", ":", "...", " &", " -"])


def sentence(rng, test=False):
    """What may be said."""
    if rng.random() < 0.04:
        return chinese(rng) + chinese(rng)
    words = [rng.choice(TEST_WORDS if test else TRAIN_WORDS) if rng.random() < 0.9 else number(rng) for _ in range(rng.choice([2, 3, 4, 5, 6, 8, 10]))]
    if len(words) > 4 and rng.random() < 0.4:
        words[len(words) // 2] += ","
    for at, small in enumerate(words):
        if rng.random() < 0.3:
            words[at] = rng.choice(["the", "a", "I", "you", "we", "it", "is", "to", "and", "my", "don't", "it's", "of", "in"])
    if rng.random() < 0.25:
        words[rng.randrange(len(words))] = invented(rng, test)
    line = " ".join(words)
    return line[0].upper() + line[1:] + rng.choice([".", ".", "?", "!", ""])
