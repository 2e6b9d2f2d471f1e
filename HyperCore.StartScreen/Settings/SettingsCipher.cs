using System;
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace HyperCore.StartScreen.Settings;

/// <summary>
/// Encrypts what is kept: AES-256-GCM with a key made of a passphrase by PBKDF2 with SHA-256. Sealed bytes are 16 of salt, 4 of rounds, 12 of
/// nonce, 16 of tag, and the ciphertext. (NIST SP 800-38D; RFC 8018.)
/// </summary>
internal sealed class SettingsCipher
{
    private const int DefaultRounds = 300_000;
    private const int MaxRounds = 10_000_000;
    private const int SaltSize = 16;
    private const int NonceAt = SaltSize + 4;
    private const int NonceSize = 12;
    private const int TagAt = NonceAt + NonceSize;
    private const int TagSize = 16;
    private const int Overhead = TagAt + TagSize;

    private readonly byte[] _salt;
    private readonly byte[] _key;
    private readonly int _rounds;

    private SettingsCipher(string passphrase, byte[] salt, int rounds)
    {
        _salt = salt;
        _rounds = rounds;
        _key = Rfc2898DeriveBytes.Pbkdf2(passphrase, salt, rounds, HashAlgorithmName.SHA256, 32);
    }

    /// <summary>A cipher with a new salt.</summary>
    public static SettingsCipher Create(string passphrase, int rounds = DefaultRounds) => new(passphrase, RandomNumberGenerator.GetBytes(SaltSize), rounds);

    /// <summary>The cipher by which something was sealed, if the passphrase is right.</summary>
    /// <param name="passphrase">The passphrase.</param>
    /// <param name="sealedBytes">What was sealed.</param>
    /// <returns>Null when the passphrase is wrong, or the bytes are not what was sealed.</returns>
    public static SettingsCipher? ForSealed(string passphrase, ReadOnlySpan<byte> sealedBytes)
    {
        if (sealedBytes.Length < Overhead)
        {
            return null;
        }

        uint rounds = BinaryPrimitives.ReadUInt32LittleEndian(sealedBytes[SaltSize..]);
        if (rounds is 0 or > MaxRounds)
        {
            return null;
        }

        var cipher = new SettingsCipher(passphrase, sealedBytes[..SaltSize].ToArray(), (int)rounds);
        return cipher.Open(sealedBytes) == null ? null : cipher;
    }

    /// <summary>Encrypts.</summary>
    public byte[] Seal(ReadOnlySpan<byte> bytes)
    {
        byte[] result = new byte[Overhead + bytes.Length];
        _salt.CopyTo(result, 0);
        BinaryPrimitives.WriteUInt32LittleEndian(result.AsSpan(SaltSize), (uint)_rounds);
        RandomNumberGenerator.Fill(result.AsSpan(NonceAt, NonceSize));
        using var gcm = new AesGcm(_key, TagSize);
        gcm.Encrypt(result.AsSpan(NonceAt, NonceSize), bytes, result.AsSpan(Overhead), result.AsSpan(TagAt, TagSize), result.AsSpan(0, NonceAt));
        return result;
    }

    /// <summary>Decrypts.</summary>
    /// <returns>Null when the bytes are not what was sealed with this key.</returns>
    public byte[]? Open(ReadOnlySpan<byte> bytes)
    {
        byte[] result = new byte[bytes.Length - Overhead];
        using var gcm = new AesGcm(_key, TagSize);
        try
        {
            gcm.Decrypt(bytes.Slice(NonceAt, NonceSize), bytes[Overhead..], bytes.Slice(TagAt, TagSize), result, bytes[..NonceAt]);
            return result;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }
}
