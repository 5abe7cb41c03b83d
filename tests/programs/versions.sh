#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# git as developers use it, on a tree of its own; ids of commits are the same because names and dates are.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/script.sh

SCRIPT_ENV="GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=C GIT_COMMITTER_EMAIL=c@example.org
GIT_AUTHOR_DATE=2024-01-02T03:04:05Z GIT_COMMITTER_DATE=2024-01-02T03:04:05Z GIT_CONFIG_NOSYSTEM=1 GIT_PAGER=cat"

# shellcheck disable=SC2016 # what the inner shell is to expand
# 60 files and a first commit, in ./repository.
begin='
git init -q -b main repository && cd repository || exit 1
i=0
while [ $i -lt 60 ]; do
	mkdir -p dir$((i % 5))
	seq 1 $((i * 20)) >dir$((i % 5))/file$i
	i=$((i + 1))
done
git add . && git commit -q -m "the first"
'
history() {
	{
		printf '%s\n' "$begin"
		cat
	} >"$tap_dir/history"
	script "$1" /bin/sh <"$tap_dir/history"
}

history 'git: init, add, commit, log, diff' <<'END'
git log --format='%H %an %s'; git status; git ls-files -s | sha256sum; git rev-parse HEAD^{tree}
echo more >>dir1/file1; echo new >untracked; git status --short; git diff; git diff --stat
git commit -qam 'the second'; git mv dir1/file1 dir2/moved; git rm -q dir3/file3; git commit -qm 'the third'
git log --stat --oneline; git log -p -1 --find-renames; git show HEAD~1:dir1/file1 | tail -n 2
git blame dir2/moved | tail -n 3; git grep -n 777; git shortlog -s HEAD; git describe --always
git tag v1; git tag -a v2 -m annotated; git tag -l; git cat-file -p v2; git rev-list --count HEAD
echo broken >dir1/file6; git stash -q; git status --short; git stash pop; git checkout -q -- .; git clean -fdq; git status --short
git archive HEAD | tar tf - | wc -l; git format-patch -1 --stdout | tail -n +2 | md5sum; git fsck
git config user.name; git config --list --local | sort; git reset -q --hard HEAD~1; git reflog | head -n 3
git log --graph --oneline --all; git commit --amend -qm 'another message'; git log -1 --format=%H; git nothing; echo $?
END

history 'git: branch, merge, rebase, cherry-pick, bisect' <<'END'
git checkout -q -b side; echo side >side; git add side; git commit -qm side; echo side2 >>side; git commit -qam side2
git checkout -q main; echo main >main; git add main; git commit -qm main
git merge -q side -m merged; git log --graph --format='%h %s'; git branch -v
git checkout -q -b topic HEAD~1; echo topic >topic; git add topic; git commit -qm topic; git rebase -q main; git log --oneline
git checkout -q -b conflict HEAD~2; echo other >side; git add side; git commit -qm conflict; git merge side; echo $?; git status --short
git checkout --theirs side; git add side; git commit -qm resolved; git log -1 --format='%H %P'
git rebase -q main 2>/dev/null; echo $?; git rebase --abort; git cherry-pick topic >/dev/null; git log -1 --format=%s
GIT_SEQUENCE_EDITOR='sed -i s/^pick/reword/' GIT_EDITOR="sed -i 's/^/reworded: /'" git rebase -q -i HEAD~1; git log -1 --format=%s
git checkout -q main; for i in 1 2 3 4 5 6 7 8; do echo $i >number; git add number; git commit -qm "number $i"; done
git bisect start -q HEAD HEAD~8; git bisect run sh -c '[ "$(cat number 2>/dev/null || echo 0)" -lt 5 ]' | tail -n 1; git bisect log | grep -c bad
git bisect reset -q; git revert --no-edit HEAD >/dev/null; git log -1 --format=%s; git branch -D topic; git branch --merged
END

history 'git: clone, fetch, push, worktree, gc' <<'END'
git clone -q . ../clone; git clone -q --no-local . ../fetched; git clone -q --bare . ../bare.git; git clone -q --depth 1 "file://$PWD" ../shallow
for c in clone fetched bare.git shallow; do git -C ../$c rev-parse HEAD; git -C ../$c fsck; git -C ../$c rev-list --count HEAD; done
cd ../clone; git remote set-url origin ../bare.git; echo pushed >pushed; git add pushed; git commit -qm pushed; git push -q origin main; git push origin main:other 2>&1 | tail -n 1
cd ../fetched; git remote set-url origin ../bare.git; git fetch 2>&1 | tail -n 2; git pull -q; git log --oneline; git branch -a
git worktree add -q ../tree -b inthetree; (cd ../tree && echo x >x && git add x && git commit -qm x && git status --short --branch); git worktree list | sed 's,.*/,,'; git worktree remove ../tree
git submodule --quiet add ../bare.git sub 2>/dev/null; echo $?; git -c protocol.file.allow=always submodule --quiet add ../bare.git sub; git submodule status
cd ../repository; git gc -q; git count-objects -v | grep -v size; ls .git/objects/pack | sed 's/.*\.//' | sort; git fsck --full
git repack -a -d -q --threads=4; git verify-pack .git/objects/pack/*.idx; echo $?; git prune; git pack-refs --all; cat .git/packed-refs
printf '#!/bin/sh\necho "hook runs" >&2; exit 1\n' >.git/hooks/pre-commit; chmod +x .git/hooks/pre-commit; git commit --allow-empty -qm x; echo $?
git bundle create -q ../b.bundle main; git bundle verify -q ../b.bundle; git clone -q ../b.bundle ../unbundled; ls ../unbundled | wc -l
git daemon --help >/dev/null 2>&1; git ls-remote ../bare.git; git fast-export --all | md5sum; git notes add -m note; git notes show
END

script 'patch, diff, rcs-like work' /bin/sh <<'END'
seq 1 100 >a; sed 's/^50$/fifty/; 70d' a >b; diff -u --label a --label b a b >p; echo $?; patch <p; cmp a b; patch -R <p; diff a b | wc -l
diff3 -m a a b | grep -c fifty; sdiff -s a b; mkdir x y; cp a x; cp b y/a; diff -ru x y | grep -c '^[-+]'; cmp -l a b | wc -l
END
done_testing
