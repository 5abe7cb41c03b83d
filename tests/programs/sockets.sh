#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Real programs over sockets inside the VM: Python's own tests, servers with several clients, passed files.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

# TESTS-OF-SOCKET CLASS...: Python's tests of its socket module; the time they took is cut out.
for class in BasicSocketPairTest TestUnixDomain TestLinuxAbstractNamespace SendmsgUnixStreamTest RecvmsgUnixStreamTest \
	RecvmsgIntoUnixStreamTest RecvmsgSCMRightsStreamTest RecvmsgIntoSCMRightsStreamTest SendRecvFdsTests \
	BasicTCPTest BasicUDPTest TCPTimeoutTest UDPTimeoutTest NonBlockingTCPTests SendmsgTCPTest RecvmsgTCPTest RecvmsgUDPTest \
	RecvmsgUDP6Test InterruptedRecvTimeoutTest CreateServerFunctionalTest; do
	# shellcheck disable=SC2016
	same "python: test_socket.$class" /bin/sh -c 'cd /tmp && /usr/bin/python3 -m test.test_socket "$0" 2>&1 |
		sed "s/ in [0-9.]*s$//"' "$class"
done
SANDBOX_FLAGS="--ro $(realpath tests/programs)"
same "python: a server with processes as clients" /usr/bin/python3 "$(realpath tests/programs/sockets.py)"
done_testing
