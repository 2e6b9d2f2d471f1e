using System;
using System.Buffers.Binary;

namespace HyperCore.Core.Trust;

/// <summary>
/// An RSA public key of 3072 or 4096 bits with the exponent 65537, and the check of signatures by it: RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017,
/// 8.2.2). Nothing of a signature is parsed: it is raised to the exponent, and the result has to be the one encoding of the hash, byte for byte.
/// </summary>
public sealed class RsaPublicKey
{
    /// <summary>Bytes of the longest modulus, and so of the longest signature.</summary>
    public const int MaxBytes = 512;

    private const int MinBytes = 384;

    // 65537 = 2^16 + 1.
    private const int Squarings = 16;

    private readonly uint[] _modulus;
    private readonly uint[] _rSquared;
    private readonly uint _inverse;

    private RsaPublicKey(uint[] modulus)
    {
        _modulus = modulus;
        _inverse = NegativeInverse(modulus[0]);
        _rSquared = SquareOfR(modulus);
    }

    /// <summary>Bytes of a signature by this key.</summary>
    public int SignatureBytes => _modulus.Length * sizeof(uint);

    // RFC 8017, 9.2, note 1: the DER encoding of DigestInfo for SHA-256, up to the hash.
    private static ReadOnlySpan<byte> DigestInfo =>
        [0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20];

    /// <summary>Takes a modulus.</summary>
    /// <param name="modulus">Big-endian, 384 or 512 bytes, with its highest bit set.</param>
    /// <returns>Null when it cannot be one: wrong length, not full, or even.</returns>
    public static RsaPublicKey? Create(ReadOnlySpan<byte> modulus)
    {
        if ((modulus.Length != MinBytes && modulus.Length != MaxBytes) || (modulus[0] & 0x80) == 0 || (modulus[modulus.Length - 1] & 1) == 0)
        {
            return null;
        }

        var limbs = new uint[modulus.Length / sizeof(uint)];
        ReadBigEndian(modulus, limbs);
        return new RsaPublicKey(limbs);
    }

    /// <summary>Checks a signature.</summary>
    /// <param name="hash">The SHA-256 of what was signed.</param>
    /// <param name="signature">The signature, big-endian.</param>
    /// <returns>True when it is by this key and for this hash.</returns>
    public bool Verify(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature)
    {
        int length = _modulus.Length;
        if (hash.Length != Sha256.HashBytes || signature.Length != SignatureBytes)
        {
            return false;
        }

        Span<uint> value = stackalloc uint[length];
        Span<uint> power = stackalloc uint[length];
        Span<uint> next = stackalloc uint[length];
        ReadBigEndian(signature, value);
        if (!IsLess(value, _modulus))
        {
            return false;
        }

        // x R; squared sixteen times; times x, which takes the R out again.
        Multiply(value, _rSquared, power);
        for (int i = 0; i < Squarings; i++)
        {
            Multiply(power, power, next);
            Span<uint> old = power;
            power = next;
            next = old;
        }

        Multiply(power, value, next);
        Span<byte> decoded = stackalloc byte[MaxBytes];
        Span<byte> expected = stackalloc byte[MaxBytes];
        decoded = decoded.Slice(0, SignatureBytes);
        expected = expected.Slice(0, SignatureBytes);
        for (int i = 0; i < length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(decoded.Slice(i * sizeof(uint)), next[length - 1 - i]);
        }

        Encode(hash, expected);
        return decoded.SequenceEqual(expected);
    }

    // RFC 8017, 9.2: 00 01 FF .. FF 00, the DigestInfo, the hash.
    private static void Encode(ReadOnlySpan<byte> hash, Span<byte> message)
    {
        int info = message.Length - hash.Length - DigestInfo.Length;
        message.Fill(0xFF);
        message[0] = 0;
        message[1] = 1;
        message[info - 1] = 0;
        DigestInfo.CopyTo(message.Slice(info));
        hash.CopyTo(message.Slice(info + DigestInfo.Length));
    }

    private static void ReadBigEndian(ReadOnlySpan<byte> bytes, Span<uint> limbs)
    {
        for (int i = 0; i < limbs.Length; i++)
        {
            limbs[limbs.Length - 1 - i] = BinaryPrimitives.ReadUInt32BigEndian(bytes.Slice(i * sizeof(uint)));
        }
    }

    // -1 / modulus mod 2^32 by Newton's iteration, which doubles the number of right bits each time; an odd number is its own inverse mod 8.
    private static uint NegativeInverse(uint modulus)
    {
        uint inverse = modulus;
        for (int i = 0; i < 4; i++)
        {
            inverse *= 2 - (modulus * inverse);
        }

        return 0 - inverse;
    }

    // R^2 mod n with R = 2^(32 * limbs): R mod n is R - n, as the highest bit of n is set, and is then doubled modulo n once for each bit of R.
    private static uint[] SquareOfR(uint[] modulus)
    {
        var value = new uint[modulus.Length];
        Subtract(value, modulus);
        for (int i = 0; i < modulus.Length * 32; i++)
        {
            uint carry = 0;
            for (int j = 0; j < value.Length; j++)
            {
                uint limb = value[j];
                value[j] = (limb << 1) | carry;
                carry = limb >> 31;
            }

            if (carry != 0 || !IsLess(value, modulus))
            {
                Subtract(value, modulus);
            }
        }

        return value;
    }

    // Montgomery multiplication: result = left * right / R mod n (Koc, Acar, Kaliski: Analyzing and Comparing Montgomery Multiplication
    // Algorithms, 1996, method CIOS). The factors are below n.
    private void Multiply(ReadOnlySpan<uint> left, ReadOnlySpan<uint> right, Span<uint> result)
    {
        ReadOnlySpan<uint> modulus = _modulus;
        int length = modulus.Length;
        Span<uint> sum = stackalloc uint[length + 2];
        sum.Clear();
        for (int i = 0; i < length; i++)
        {
            ulong carry = 0;
            for (int j = 0; j < length; j++)
            {
                carry += ((ulong)left[j] * right[i]) + sum[j];
                sum[j] = (uint)carry;
                carry >>= 32;
            }

            carry += sum[length];
            sum[length] = (uint)carry;
            sum[length + 1] = (uint)(carry >> 32);
            uint factor = sum[0] * _inverse;
            carry = (((ulong)factor * modulus[0]) + sum[0]) >> 32;
            for (int j = 1; j < length; j++)
            {
                carry += ((ulong)factor * modulus[j]) + sum[j];
                sum[j - 1] = (uint)carry;
                carry >>= 32;
            }

            carry += sum[length];
            sum[length - 1] = (uint)carry;
            sum[length] = sum[length + 1] + (uint)(carry >> 32);
        }

        sum.Slice(0, length).CopyTo(result);
        if (sum[length] != 0 || !IsLess(result, modulus))
        {
            Subtract(result, modulus);
        }
    }

    private static bool IsLess(ReadOnlySpan<uint> left, ReadOnlySpan<uint> right)
    {
        for (int i = left.Length - 1; i >= 0; i--)
        {
            if (left[i] != right[i])
            {
                return left[i] < right[i];
            }
        }

        return false;
    }

    private static void Subtract(Span<uint> value, ReadOnlySpan<uint> subtrahend)
    {
        long borrow = 0;
        for (int i = 0; i < value.Length; i++)
        {
            borrow += (long)value[i] - subtrahend[i];
            value[i] = (uint)borrow;
            borrow >>= 32;
        }
    }
}
