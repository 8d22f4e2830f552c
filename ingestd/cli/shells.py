"""What each shell is given to complete with: click's protocol, and scripts that quote."""

from __future__ import annotations

from click.shell_completion import BashComplete, FishComplete, ShellComplete, ZshComplete

_BASH = r"""
%(complete_func)s() {
    local kind value quote=$(%(complete_func)s_open_quote "${COMP_LINE:0:COMP_POINT}")
    COMPREPLY=()
    while IFS=, read -r kind value; do
        case $kind in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            plain) COMPREPLY+=("$(%(complete_func)s_quoted "$quote" "$value")") ;;
        esac
    done < <(IFS=$'\n'; COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD=$COMP_CWORD \
        %(complete_var)s=bash_complete "$1")
}

# the quote that a line is in at its end, if it is in one
%(complete_func)s_open_quote() {
    local line=$1 quote= letter n
    for ((n = 0; n < ${#line}; n++)); do
        letter=${line:n:1}
        case $quote$letter in
            \\ | \"\\) ((n += 1)) ;;
            \' | \") quote=$letter ;;
            \'\' | \"\") quote= ;;
        esac
    done
    printf '%%s' "$quote"
}

# a value as it has to be written: in the quote that is open, or in none
%(complete_func)s_quoted() {
    local value=$2 single="'"
    case $1 in
        \')
            value=${value//$single/$single\\$single$single}
            ;;
        \")
            value=${value//\\/\\\\}
            value=${value//\"/\\\"}
            value=${value//\$/\\\$}
            value=${value//\`/\\\`}
            value=${value//!/\"$single!$single\"} # or it would call up an earlier line
            ;;
        *)
            printf -v value %%q "$value"
            value=${value//:/\\:} # at these, bash would begin another word
            value=${value//=/\\=}
            value=${value//@/\\@}
            ;;
    esac
    printf '%%s' "$value"
}

complete -o nosort -F %(complete_func)s %(prog_name)s
"""


class _Bash(BashComplete):
    """Click's own puts a value on the command line as it is: `a;b.pdf` would run `b.pdf`."""

    source_template = _BASH.lstrip()


_FISH = r"""
function %(complete_func)s
    set -l told (env COMP_WORDS=(commandline -cp) COMP_CWORD=(commandline -t) \
        %(complete_var)s=fish_complete %(prog_name)s)
    for line in $told
        set -l parts (string split -m 1 , -- $line)
        switch $parts[1]
            case dir
                __fish_complete_directories $parts[2]
            case file
                __fish_complete_path $parts[2]
            case plain
                string join \n -- $parts[2]
        end
    end
end

complete --no-files --command %(prog_name)s --arguments "(%(complete_func)s)"
"""


class _Fish(FishComplete):
    """Click's own cuts a value at its first comma."""

    source_template = _FISH.lstrip()


SHELLS: dict[str, type[ShellComplete]] = {"bash": _Bash, "zsh": ZshComplete, "fish": _Fish}
