# SPDX-License-Identifier: Apache-2.0
# make test-suites: the test suites of other projects, natively and inside (tests/suites/); minutes, not part of make test.
# Their sources come from Debian's source packages and stay in build/suites/.

.PHONY: test-suites
test-suites: deps-test all
	$(call INSTALL_MISSING,dpkg-dev)
	$(PROVE) tests/suites/make.sh tests/suites/bash.sh tests/suites/coreutils.sh
