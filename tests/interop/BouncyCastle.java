// Bouncy Castle's CMS at the other end of a pipe: one task a line, one answer a line.
//
//   sign ALGORITHM FORM CERTIFICATE KEY CONTENT OUT      verify CERTIFICATE IN CONTENT|- OUT
//   encrypt KIND ALGORITHM OAEP CERTIFICATE|- CONTENT OUT   decrypt KIND KEY|- IN OUT
//   compress CONTENT OUT                                 uncompress IN OUT
//   cades ALGORITHM CERTIFICATE KEY TSA TSA_KEY CONTENT OUT   stamped TSA IN OUT (the time)
//
// Certificates are DER, keys PKCS#8 in DER. The answer is "ok", or "no" and why.

import java.io.*;
import java.math.BigInteger;
import java.nio.file.*;
import java.security.*;
import java.security.cert.*;
import java.security.interfaces.ECPublicKey;
import java.security.spec.*;
import java.util.*;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.asn1.*;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.AttributeTable;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.*;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cms.*;
import org.bouncycastle.cms.jcajce.*;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.*;
import org.bouncycastle.operator.jcajce.*;
import org.bouncycastle.tsp.*;

public class BouncyCastle {
    static final byte[] SHARED = new byte[32];
    static final char[] PASSWORD = "correct horse".toCharArray();

    public static void main(String[] arguments) throws Exception {
        Security.addProvider(new BouncyCastleProvider());
        for (int i = 0; i < 32; i++) SHARED[i] = (byte) i;
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        for (String line; (line = in.readLine()) != null; ) {
            String[] task = line.split("\t");
            String answer = "ok";
            try {
                Files.write(Path.of(task[task.length - 1]), work(task));
            } catch (Throwable failure) {
                answer = "no " + String.valueOf(failure).replace('\n', ' ');
            }
            System.out.println(answer);
            System.out.flush();
        }
    }

    static byte[] work(String[] task) throws Exception {
        switch (task[0]) {
            case "sign": return sign(task[1], task[2], certificate(task[3]), key(task[4]), read(task[5]));
            case "verify": return verify(certificate(task[1]), read(task[2]), task[3]);
            case "encrypt": return encrypt(task[1], task[2], task[3], task[4], read(task[5]));
            case "decrypt": return decrypt(task[1], task[2], read(task[3]));
            case "cades":
                return cades(task[1], certificate(task[2]), key(task[3]), certificate(task[4]), key(task[5]), read(task[6]));
            case "stamped": return stamped(certificate(task[1]), read(task[2]));
            case "compress":
                return new CMSCompressedDataGenerator().generate(
                    new CMSProcessableByteArray(read(task[1])), new ZlibCompressor()).getEncoded();
            case "uncompress":
                return new CMSCompressedData(read(task[1])).getContent(new ZlibExpanderProvider());
        }
        throw new IllegalArgumentException(task[0]);
    }

    static byte[] read(String path) throws IOException { return Files.readAllBytes(Path.of(path)); }

    static X509Certificate certificate(String path) throws Exception {
        return (X509Certificate) CertificateFactory.getInstance("X.509", "BC")
            .generateCertificate(new ByteArrayInputStream(read(path)));
    }

    static PrivateKey key(String path) throws Exception {
        return BouncyCastleProvider.getPrivateKey(PrivateKeyInfo.getInstance(read(path)));
    }

    static byte[] sign(String algorithm, String form, X509Certificate who, PrivateKey key, byte[] content)
            throws Exception {
        CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
        generator.addSignerInfoGenerator(
            new JcaSignerInfoGeneratorBuilder(new JcaDigestCalculatorProviderBuilder().setProvider("BC").build())
                .build(new JcaContentSignerBuilder(algorithm).setProvider("BC").build(key), who));
        generator.addCertificate(new X509CertificateHolder(who.getEncoded()));
        return generator.generate(new CMSProcessableByteArray(content), !form.equals("detached")).getEncoded();
    }

    static byte[] verify(X509Certificate who, byte[] octets, String content) throws Exception {
        CMSSignedData signed = content.equals("-")
            ? new CMSSignedData(octets) : new CMSSignedData(new CMSProcessableByteArray(read(content)), octets);
        if (signed.getSignerInfos().size() == 0) throw new CMSException("nobody signed");
        for (SignerInformation signer : signed.getSignerInfos().getSigners())
            if (!signer.verify(new JcaSimpleSignerInfoVerifierBuilder().setProvider("BC").build(who)))
                throw new CMSException("not verified");
        return content.equals("-") ? (byte[]) signed.getSignedContent().getContent() : read(content);
    }

    static SignerInformation first(CMSSignedData signed) {
        return signed.getSignerInfos().getSigners().iterator().next();
    }

    static byte[] sha256(byte[] octets) throws Exception { return MessageDigest.getInstance("SHA-256").digest(octets); }

    static byte[] cades(String algorithm, X509Certificate who, PrivateKey key, X509Certificate tsa, PrivateKey tsaKey,
            byte[] content) throws Exception {
        CMSSignedData signed = new CMSSignedData(sign(algorithm, "opaque", who, key, content));
        SignerInformation signer = first(signed);
        TimeStampRequestGenerator question = new TimeStampRequestGenerator();
        question.setCertReq(true);
        TimeStampTokenGenerator clock = new TimeStampTokenGenerator(
            new JcaSimpleSignerInfoGeneratorBuilder().setProvider("BC").build("SHA256withECDSA", tsaKey, tsa),
            new JcaDigestCalculatorProviderBuilder().setProvider("BC").build()
                .get(new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha256)),
            new ASN1ObjectIdentifier("1.2.3.4"));
        clock.addCertificates(new JcaCertStore(List.of(tsa)));
        TimeStampToken token = clock.generate(
            question.generate(TSPAlgorithms.SHA256, sha256(signer.getSignature())), BigInteger.TEN, new Date());
        AttributeTable beside = new AttributeTable(new Attribute(PKCSObjectIdentifiers.id_aa_signatureTimeStampToken,
            new DERSet(ASN1Primitive.fromByteArray(token.getEncoded()))));
        signer = SignerInformation.replaceUnsignedAttributes(signer, beside);
        return CMSSignedData.replaceSigners(signed, new SignerInformationStore(signer)).getEncoded();
    }

    static byte[] stamped(X509Certificate tsa, byte[] octets) throws Exception {
        SignerInformation signer = first(new CMSSignedData(octets));
        Attribute beside = signer.getUnsignedAttributes().get(PKCSObjectIdentifiers.id_aa_signatureTimeStampToken);
        TimeStampToken token = new TimeStampToken(
            new CMSSignedData(beside.getAttrValues().getObjectAt(0).toASN1Primitive().getEncoded()));
        token.validate(new JcaSimpleSignerInfoVerifierBuilder().setProvider("BC").build(tsa));
        TimeStampTokenInfo info = token.getTimeStampInfo();
        if (!Arrays.equals(info.getMessageImprintDigest(), sha256(signer.getSignature())))
            throw new TSPException("another signature");
        return info.getGenTime().toInstant().toString().getBytes();
    }

    static RecipientInfoGenerator recipient(String kind, String oaep, String path) throws Exception {
        if (kind.equals("shared key"))
            return new JceKEKRecipientInfoGenerator("ours".getBytes(), new SecretKeySpec(SHARED, "AES")).setProvider("BC");
        if (kind.equals("password"))
            return new JcePasswordRecipientInfoGenerator(CMSAlgorithm.AES256_CBC, PASSWORD).setProvider("BC");
        X509Certificate who = certificate(path);
        if (who.getPublicKey() instanceof java.security.interfaces.RSAPublicKey) {
            if (oaep.equals("-")) return new JceKeyTransRecipientInfoGenerator(who).setProvider("BC");
            AlgorithmIdentifier hash = new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha256, DERNull.INSTANCE);
            return new JceKeyTransRecipientInfoGenerator(who, new AlgorithmIdentifier(
                PKCSObjectIdentifiers.id_RSAES_OAEP, new RSAESOAEPparams(
                    hash, new AlgorithmIdentifier(PKCSObjectIdentifiers.id_mgf1, hash),
                    RSAESOAEPparams.DEFAULT_P_SOURCE_ALGORITHM))).setProvider("BC");
        }
        KeyPairGenerator pairs;
        if (who.getPublicKey() instanceof ECPublicKey) {
            pairs = KeyPairGenerator.getInstance("EC", "BC");
            pairs.initialize(((ECPublicKey) who.getPublicKey()).getParams());
        } else {
            pairs = KeyPairGenerator.getInstance(who.getPublicKey().getAlgorithm(), "BC");
        }
        KeyPair own = pairs.generateKeyPair();
        return new JceKeyAgreeRecipientInfoGenerator(
            CMSAlgorithm.ECDH_SHA256KDF, own.getPrivate(), own.getPublic(), CMSAlgorithm.AES256_WRAP)
            .addRecipient(who).setProvider("BC");
    }

    static byte[] encrypt(String kind, String algorithm, String oaep, String path, byte[] content) throws Exception {
        Map<String, ASN1ObjectIdentifier> ciphers = Map.of(
            "AES-128-CBC", CMSAlgorithm.AES128_CBC, "AES-256-CBC", CMSAlgorithm.AES256_CBC,
            "AES-128-GCM", CMSAlgorithm.AES128_GCM, "AES-256-GCM", CMSAlgorithm.AES256_GCM,
            "AES-256-CCM", CMSAlgorithm.AES256_CCM);
        if (!ciphers.containsKey(algorithm)) throw new CMSException("no such cipher");
        OutputEncryptor encryptor = new JceCMSContentEncryptorBuilder(ciphers.get(algorithm)).setProvider("BC").build();
        CMSProcessableByteArray data = new CMSProcessableByteArray(content);
        if (algorithm.endsWith("CBC")) {
            CMSEnvelopedDataGenerator generator = new CMSEnvelopedDataGenerator();
            generator.addRecipientInfoGenerator(recipient(kind, oaep, path));
            return generator.generate(data, encryptor).getEncoded();
        }
        CMSAuthEnvelopedDataGenerator generator = new CMSAuthEnvelopedDataGenerator();
        generator.addRecipientInfoGenerator(recipient(kind, oaep, path));
        return generator.generate(data, (OutputAEADEncryptor) encryptor).getEncoded();
    }

    static byte[] decrypt(String kind, String path, byte[] octets) throws Exception {
        boolean plain = org.bouncycastle.asn1.cms.ContentInfo.getInstance(octets).getContentType()
            .equals(PKCSObjectIdentifiers.envelopedData);
        RecipientInformationStore found = plain
            ? new CMSEnvelopedData(octets).getRecipientInfos() : new CMSAuthEnvelopedData(octets).getRecipientInfos();
        // Whose entry is ours, a key alone does not tell: each is tried.
        CMSException refused = null;
        for (RecipientInformation each : found.getRecipients()) {
            try {
                return each.getContent(with(each, plain, path));
            } catch (CMSException | ClassCastException failure) {
                refused = failure instanceof CMSException ? (CMSException) failure
                    : new CMSException("another kind of key", new Exception(failure));
            }
        }
        throw refused;
    }

    static Recipient with(RecipientInformation entry, boolean plain, String path) throws Exception {
        if (entry instanceof KeyTransRecipientInformation)
            return plain ? new JceKeyTransEnvelopedRecipient(key(path)).setProvider("BC")
                : new JceKeyTransAuthEnvelopedRecipient(key(path)).setProvider("BC");
        if (!plain)
            throw new CMSException("no AuthEnvelopedData for this kind of recipient");
        if (entry instanceof KeyAgreeRecipientInformation)
            return new JceKeyAgreeEnvelopedRecipient(key(path)).setProvider("BC");
        if (entry instanceof KEKRecipientInformation)
            return new JceKEKEnvelopedRecipient(new SecretKeySpec(SHARED, "AES")).setProvider("BC");
        return new JcePasswordEnvelopedRecipient(PASSWORD).setProvider("BC");
    }
}
