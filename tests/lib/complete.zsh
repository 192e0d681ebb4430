# SPDX-License-Identifier: GPL-2.0-or-later
# zsh -f tests/lib/complete.zsh DIRECTORY: reads lines, and prints for each what the completion in
# DIRECTORY offers at its end, one offer a line, and a line that ends in a dot behind the last.
# In a shell on a terminal of its own, since zsh completes on terminals only.

zmodload zsh/zpty
: ${TMPDIR:?}

# That shell: ^T writes all offers to a file, and a dot to another one when it has.
cat >$TMPDIR/.zshrc <<END
PS1= PS2=
fpath=(${1:A} \$fpath)
autoload -Uz compinit
compinit -u -d $TMPDIR/zcompdump
offers() {
    compadd() {
        local -a hits
        if [[ " \$* " != *' -'[OAD]' '* ]]; then
            builtin compadd -A hits "\$@"
            (( \$#hits )) && print -rl -- \$hits >>$TMPDIR/offers
        fi
        builtin compadd "\$@"
    }
    _main_complete 2>>$TMPDIR/errors
    unfunction compadd
    print . >>$TMPDIR/offers
}
zle -C offers list-choices offers
bindkey '^T' offers
bindkey '^U' kill-whole-line
print . >>$TMPDIR/offers
END

wait_for_dot()
{
    local -i tries=500
    until [[ -e $TMPDIR/offers && $(tail -n 1 $TMPDIR/offers) == . ]]; do
        (( tries-- )) || { print -u2 'zsh does not answer'; exit 1 }
        sleep 0.02
    done
}

zpty -b shell "ZDOTDIR=$TMPDIR zsh -i"
wait_for_dot
while IFS= read -r line; do
    rm -f $TMPDIR/offers
    zpty -n -w shell $'\C-u'$line$'\C-t'
    wait_for_dot
    cat $TMPDIR/offers
done
zpty -d shell
[[ ! -s $TMPDIR/errors ]] || { cat $TMPDIR/errors; exit 1 }
