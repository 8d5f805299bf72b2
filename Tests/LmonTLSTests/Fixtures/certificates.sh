#!/bin/sh
# Makes an authority and certificates of it in the current folder: NAME.pem and NAME.key, and authority.pem.
set -eu
cat >settings <<'END'
[ca]
default_ca = authority
[authority]
new_certs_dir = .
database = index
rand_serial = yes
certificate = authority.pem
private_key = authority.key
default_md = sha256
policy = policy
[policy]
commonName = supplied
[req]
distinguished_name = name
[name]
[authority_extensions]
basicConstraints = critical, CA:TRUE
[leaf]
basicConstraints = CA:FALSE
subjectAltName = $ENV::NAMES
END
touch index
export NAMES=DNS:unused

key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"; }

key authority
openssl req -config settings -x509 -new -key authority.key -subj "/CN=lmon's tests" -days 30 \
    -extensions authority_extensions -out authority.pem

leaf() { # NAME NAMES FROM TO
    NAMES=$2
    key "$1"
    openssl req -config settings -new -key "$1.key" -subj "/CN=$1" -out "$1.request"
    openssl ca -config settings -batch -notext -in "$1.request" -extensions leaf -startdate "$3" -enddate "$4" \
        -out "$1.pem"
}

leaf here DNS:localhost,IP:127.0.0.1 20200101000000Z 20991231000000Z
leaf name DNS:localhost 20200101000000Z 20991231000000Z
leaf other DNS:one.test,DNS:*.two.test,IP:127.0.0.9,DNS:three.test 20200101000000Z 20991231000000Z
leaf expired DNS:localhost 20200101000000Z 20200202000000Z
leaf early DNS:localhost 20980101000000Z 20991231000000Z
