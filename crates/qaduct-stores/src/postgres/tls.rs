//! TLS to a server of the PostgreSQL protocol, by the words of libpq's `sslmode`.

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};
use tokio_postgres_rustls::MakeRustlsConnect;

/// How far a connection is protected. The words and their meaning are those of libpq.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TlsMode {
    /// No TLS.
    Disable,
    /// TLS where the server offers it; its certificate is not checked.
    #[default]
    Prefer,
    /// TLS or nothing; the certificate is not checked.
    Require,
    /// TLS with a certificate that an authority vouches for, whatever the host's name.
    VerifyCa,
    /// TLS with a certificate for this host that an authority vouches for.
    VerifyFull,
}

impl TlsMode {
    /// The words. `allow`, which tries without TLS first, is taken as `prefer`.
    pub const WORDS: &'static [&'static str] = &[
        "disable",
        "allow",
        "prefer",
        "require",
        "verify-ca",
        "verify-full",
    ];
}

impl FromStr for TlsMode {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Ok(match word {
            "disable" => Self::Disable,
            "allow" | "prefer" => Self::Prefer,
            "require" => Self::Require,
            "verify-ca" => Self::VerifyCa,
            "verify-full" => Self::VerifyFull,
            _ => {
                return Err(format!(
                    "sslmode `{word}` is none of: {}",
                    Self::WORDS.join(", ")
                ));
            }
        })
    }
}

/// The protection of a connection.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tls {
    /// How far it goes.
    pub mode: TlsMode,
    /// A file of certificates in PEM to trust instead of the system's.
    pub roots: Option<PathBuf>,
}

impl Tls {
    /// What the driver is to do.
    pub(crate) fn ssl_mode(&self) -> postgres::config::SslMode {
        match self.mode {
            TlsMode::Disable => postgres::config::SslMode::Disable,
            TlsMode::Prefer => postgres::config::SslMode::Prefer,
            TlsMode::Require | TlsMode::VerifyCa | TlsMode::VerifyFull => {
                postgres::config::SslMode::Require
            }
        }
    }

    /// Makes TLS connections. Certificates are read only where they are needed.
    pub(crate) fn connector(&self) -> Result<MakeRustlsConnect, String> {
        let provider = Arc::new(ring::default_provider());
        let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?;
        let config = match self.mode {
            TlsMode::VerifyFull => config
                .with_root_certificates(self.trusted()?)
                .with_no_client_auth(),
            TlsMode::VerifyCa => {
                let authority = WebPkiServerVerifier::builder_with_provider(
                    Arc::new(self.trusted()?),
                    Arc::clone(&provider),
                )
                .build()
                .map_err(|error| error.to_string())?;
                let verifier = Lenient {
                    provider,
                    authority: Some(authority),
                };
                config
                    .dangerous()
                    .with_custom_certificate_verifier(Arc::new(verifier))
                    .with_no_client_auth()
            }
            TlsMode::Disable | TlsMode::Prefer | TlsMode::Require => config
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(Lenient {
                    provider,
                    authority: None,
                }))
                .with_no_client_auth(),
        };
        Ok(MakeRustlsConnect::new(config))
    }

    fn trusted(&self) -> Result<RootCertStore, String> {
        let mut store = RootCertStore::empty();
        let Some(path) = self.roots.as_deref().filter(|path| *path != "system") else {
            store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            if store.is_empty() {
                return Err("the system has no certificates of authorities; \
                            name a file with `sslrootcert=`"
                    .to_owned());
            }
            return Ok(store);
        };
        let broken = |error: &dyn std::fmt::Display| format!("`{}`: {error}", path.display());
        for certificate in CertificateDer::pem_file_iter(path).map_err(|error| broken(&error))? {
            let certificate = certificate.map_err(|error| broken(&error))?;
            store.add(certificate).map_err(|error| broken(&error))?;
        }
        Ok(store)
    }
}

/// Checks less of a certificate than rustls does on its own: its authority, or
/// nothing. The server must own the certificate all the same.
#[derive(Debug)]
struct Lenient {
    provider: Arc<CryptoProvider>,
    authority: Option<Arc<WebPkiServerVerifier>>,
}

impl ServerCertVerifier for Lenient {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(authority) = &self.authority else {
            return Ok(ServerCertVerified::assertion());
        };
        match authority.verify_server_cert(certificate, intermediates, name, ocsp, now) {
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            verdict => verdict,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_a_mode() {
        for word in TlsMode::WORDS {
            word.parse::<TlsMode>().unwrap();
        }
        assert!("maybe".parse::<TlsMode>().is_err());
    }
}
