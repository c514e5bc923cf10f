"""Words that are written like host names and are none, as data."""

# Endings that no registry has given out, and that name files: a quick no, before any list is read.
FILE_ENDINGS = frozenset(
    "asp aspx bak bat c cer cert cfg cgi class cnf conf cpp crl crt cs csproj csr css csv deb der dll doc docx dockerfile"
    " env exe gif go gz h htaccess htm html ico ini jar java jks jpeg jpg js json jsonc jsp jsx key keystore ko lock log"
    " lua mjs mod nginx old orig p12 p7b p7c p8 pem pfx php plist png ppt pptx ps1 psm1 rb rpm rst sig sln sock spec sql"
    " sum svg swp tar template tgz tmp tmpl toml tpl ts tsx txt vbs vhost war webp xls xlsx xml xsl yaml yml".split()
)
# Endings that are TLDs as well, and that name a file unless something says host.
FILE_TLDS = frozenset({"md", "py", "sh", "zip", "mov", "properties", "ps", "pub", "so"})
# Endings that are TLDs of many sites, and name a file where the word before the dot does.
SOFT_FILE_TLDS = frozenset(
    {"app", "cab", "cc", "in", "la", "am", "map", "ml", "pl", "rs", "tf", "data", "local", "test"}
)
FILE_STEMS = frozenset(
    "app archive backup build bundle cert certificate certificates certs changelog chain check cleanup client config"
    " configure contributing default demo deploy docker-compose dockerfile entrypoint fetch fullchain generate getssl"
    " helper helpers id_dsa id_ecdsa id_ed25519 id_rsa index init install key keys launch lib license logs main makefile"
    " manage mod notes package patch post-hook pre-hook privkey proxy readme release renew requirements run"
    " script script1 scripts security server service settings setup ssl start stop style test tests testssl test-ssl"
    " threading tls todo update upload utils util views worker".split()
)
# Products that are named like a host; as a URL, or with a port or path, they are one.
PRODUCTS = frozenset(
    "acme.sh ado.net asp.net draw.io json.net linq.net log4j.net ml.net paint.net signalr.net socket.io system.io"
    " system.net testssl.sh vb.net foo.bar foo.baz".split()
)
# What code puts before a dot: `self.name`, `app.run`, `java.net`.
CODE_STEMS = frozenset(
    "android app args array browser client cls config console ctx date document element event fs git global http https"
    " item java javax kotlin kube location logger math model module navigator node obj object options org os params"
    " process props query re request req res response result scala self server session settings spring ssl std string"
    " sun super sys system this threading tls user utils values win window".split()
)
CODE_TLDS = frozenset(
    "app bar bot call case data date download email events fail family fit foo global google group host id in info int io"
    " link locker map media menu name net new now page one open org parts pay phone pro property read run save search"
    " security select show sh site space stream study style support team tel to top trade uno version video watch work"
    " zone".split()
)
# First labels of names written the other way round: packages and bundles.
REVERSED = frozenset({"com", "org", "net", "edu", "gov"})
# Kubernetes' and its neighbours' groups and annotations, which are written with a slash.
API_GROUPS = ("k8s.io", "kubernetes.io", "cert-manager.io", "istio.io", "traefik.io", "helm.sh")
# Endings that no registry gives out and that people use all the same; the diagnosis says what it thinks of them.
RESERVED_TLDS = frozenset(
    "alt corp example home internal intra intranet invalid lan local localdomain localhost onion private test".split()
)
# Words that are TLDs, where a sentence ends without a blank after its full stop: "it fails.It works".
SENTENCE_TLDS = frozenset(
    "actor am and any are as at be but by can do feedback fix for from get has have help here hey his how i if in is it"
    " just love me moi more my new no not now of on one open or our please pls so still support thanks that the then"
    " there they this to today too us vote was we what when why win with works you".split()
)
SENTENCE_WORDS = frozenset(
    "again anymore anything back bad broke broken browser cdn certificate cert chrome closed correct crash day domain"
    " done down error errors everything expired fail failed fails fine firefox fixed good great help here host http https"
    " invalid issue it loading me missing nginx no not nothing now ok okay online page perfect please problem private"
    " redirect right same secure server site slow ssl sure thanks that there this time tls today trusted up warning web"
    " website well wrong work worked working works yesterday yes you".split()
)
# Words that say that the next one is a host though it looks like a file.
HOST_NOUNS = frozenset(
    "check diagnose domain host hostname ping prüfe site url visit website webseite seite domaine dominio sitio".split()
)
# Words that say that the next one is a version though it looks like an address.
VERSION_NOUNS = frozenset("build chrome edge firefox openssl release safari v ver version nginx apache".split())
# What Chinese and Japanese put before a host without a blank.
GLUED = (
    "请帮我检查", "请帮忙检查", "帮我检查", "请检查一下", "请检查", "检查一下", "检查", "检测", "诊断", "请问", "为什么", "我的网站", "我们的网站",
    "网站", "域名", "访问", "打开", "帮我看看", "看看", "查一下", "我的域名", "請檢查", "檢查", "網站", "為什麼",
)  # fmt: skip
