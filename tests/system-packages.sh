#!/bin/sh
# Makes sure that the named commands exist: installs Debian's packages of the same names (or as in
# command:package, or lib:library:package) as root, and otherwise says exactly what is missing.
PATH=$PATH:/usr/sbin:/sbin # where servers are, which a person's PATH may lack
missing=""
for name in "$@"; do
    case "$name" in
    lib:*)
        library=${name#lib:}
        ldconfig -p 2>/dev/null | grep -qF "${library%%:*} " || missing="$missing ${name##*:}"
        continue
        ;;
    esac
    command -v "${name%%:*}" >/dev/null 2>&1 || missing="$missing ${name##*:}"
done
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing$missing …"
    if [ ! -e /usr/sbin/policy-rc.d ]; then # servers are wanted, and none of them running
        trap 'rm -f /usr/sbin/policy-rc.d' EXIT
        printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d && chmod +x /usr/sbin/policy-rc.d
    fi
    # shellcheck disable=SC2086
    apt-get -qq update && DEBIAN_FRONTEND=noninteractive \
        apt-get -qq install -y --no-install-recommends $missing >/dev/null </dev/null && exit 0
fi
echo "The tests need these packages, which are missing:$missing" >&2
echo "On Debian or Ubuntu: sudo apt-get install$missing" >&2
exit 1
