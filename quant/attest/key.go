package attest

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
)

// PrivateKey reads an ed25519 or ECDSA key: PEM of PKCS #8 or SEC 1, not encrypted.
func PrivateKey(text []byte) (crypto.Signer, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("attest: no key in PEM; openssl genpkey -algorithm ed25519 makes one")
	}
	var key any
	var err error
	switch block.Type {
	case "PRIVATE KEY":
		key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	case "EC PRIVATE KEY":
		key, err = x509.ParseECPrivateKey(block.Bytes)
	case "ENCRYPTED PRIVATE KEY":
		return nil, errors.New("attest: the key is encrypted; decrypt it first, with openssl pkey -in KEY")
	case "PUBLIC KEY":
		return nil, errors.New("attest: this is a public key; signing needs the private one")
	default:
		return nil, fmt.Errorf("attest: the key is a %.40q; PRIVATE KEY and EC PRIVATE KEY are read", block.Type)
	}
	if err != nil {
		return nil, fmt.Errorf("attest: the key cannot be read: %w", err)
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, otherKey(key)
	}
	_, _, err = signed(signer.Public(), nil)
	return signer, err
}

// PublicKey reads an ed25519 or ECDSA key: PEM of SubjectPublicKeyInfo.
func PublicKey(text []byte) (crypto.PublicKey, error) {
	block, _ := pem.Decode(text)
	if block == nil || block.Type != "PUBLIC KEY" {
		return nil, errors.New("attest: no PUBLIC KEY in PEM; openssl pkey -pubout makes it of the private one")
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("attest: the key cannot be read: %w", err)
	}
	_, _, err = signed(key, nil)
	return key, err
}

// signed is what a key signs of a message: ed25519 all of it, ECDSA its digest, of as many bits as the curve.
func signed(key crypto.PublicKey, message []byte) ([]byte, crypto.Hash, error) {
	switch key := key.(type) {
	case ed25519.PublicKey:
		return message, 0, nil
	case *ecdsa.PublicKey:
		hash := crypto.SHA256
		switch bits := key.Curve.Params().BitSize; {
		case bits > 384:
			hash = crypto.SHA512
		case bits > 256:
			hash = crypto.SHA384
		}
		h := hash.New()
		h.Write(message)
		return h.Sum(nil), hash, nil
	}
	return nil, 0, otherKey(key)
}

// otherKey tells of what kind a key is that does not sign here.
func otherKey(key any) error {
	kind := "of another kind"
	switch key.(type) {
	case *rsa.PublicKey, *rsa.PrivateKey:
		kind = "an RSA key"
	case *ecdh.PublicKey, *ecdh.PrivateKey:
		kind = "an X25519 key, which agrees on secrets and signs nothing"
	}
	return fmt.Errorf("attest: the key is %s; ed25519 and ECDSA keys sign: openssl genpkey -algorithm ed25519 makes one", kind)
}

func valid(key crypto.PublicKey, message []byte, hash crypto.Hash, sig []byte) bool {
	switch key := key.(type) {
	case ed25519.PublicKey:
		return ed25519.Verify(key, message, sig)
	case *ecdsa.PublicKey:
		return hash != 0 && ecdsa.VerifyASN1(key, message, sig)
	}
	return false
}

func keyID(key crypto.PublicKey) (string, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return "", fmt.Errorf("attest: %w", err)
	}
	sum := sha256.Sum256(der)
	return hex.EncodeToString(sum[:]), nil
}
