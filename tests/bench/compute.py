# SPDX-License-Identifier: Apache-2.0
# A measured program: how long a fixed amount of SHA-256 takes in OpenSSL's libcrypto. Prints nanoseconds.
import hashlib
import time

hashlib.pbkdf2_hmac("sha256", b"password", b"salt", 1000)
start = time.perf_counter_ns()
hashlib.pbkdf2_hmac("sha256", b"password", b"salt", 800000)
print(time.perf_counter_ns() - start)
