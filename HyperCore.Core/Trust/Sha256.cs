using System;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace HyperCore.Core.Trust;

/// <summary>SHA-256 (FIPS 180-4), in pieces of any size. It allocates once, when it is created.</summary>
public sealed unsafe class Sha256
{
    /// <summary>Bytes of a hash.</summary>
    public const int HashBytes = 32;

    private const int BlockBytes = 64;
    private const int LengthOffset = 56;
    private const int Rounds = 64;

    private readonly uint[] _state = new uint[8];
    private readonly byte[] _block = new byte[BlockBytes];
    private ulong _total;

    /// <summary>Starts with nothing hashed.</summary>
    public Sha256() => Reset();

    // FIPS 180-4, 4.2.2.
    private static ReadOnlySpan<uint> RoundConstants =>
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ];

    // FIPS 180-4, 5.3.3.
    private static ReadOnlySpan<uint> InitialState =>
        [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];

    /// <summary>The hash of some bytes.</summary>
    /// <param name="bytes">What is hashed.</param>
    /// <param name="hash">Gets 32 bytes.</param>
    public static void Hash(ReadOnlySpan<byte> bytes, Span<byte> hash)
    {
        var sha = new Sha256();
        sha.Append(bytes);
        sha.Finish(hash);
    }

    /// <summary>Forgets what was hashed.</summary>
    public void Reset()
    {
        InitialState.CopyTo(_state);
        _total = 0;
    }

    /// <summary>Hashes more bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        int filled = (int)(_total % BlockBytes);
        _total += (uint)bytes.Length;
        if (filled != 0)
        {
            int part = Math.Min(BlockBytes - filled, bytes.Length);
            bytes.Slice(0, part).CopyTo(_block.AsSpan(filled));
            bytes = bytes.Slice(part);
            if (filled + part < BlockBytes)
            {
                return;
            }

            Compress(_block);
        }

        int whole = bytes.Length - (bytes.Length % BlockBytes);
        Compress(bytes.Slice(0, whole));
        bytes.Slice(whole).CopyTo(_block);
    }

    /// <summary>Ends the message, gives its hash, and starts anew.</summary>
    /// <param name="hash">Gets 32 bytes.</param>
    public void Finish(Span<byte> hash)
    {
        // FIPS 180-4, 5.1.1: a one bit, zeros, and the length in bits.
        ulong bits = _total * 8;
        int filled = (int)(_total % BlockBytes);
        Span<byte> block = _block;
        block[filled++] = 0x80;
        if (filled > LengthOffset)
        {
            block.Slice(filled).Clear();
            Compress(block);
            filled = 0;
        }

        block.Slice(filled, LengthOffset - filled).Clear();
        BinaryPrimitives.WriteUInt64BigEndian(block.Slice(LengthOffset), bits);
        Compress(block);
        for (int i = 0; i < _state.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(hash.Slice(i * sizeof(uint)), _state[i]);
        }

        Reset();
    }

    // FIPS 180-4, 6.2.2. Eight rounds a turn, so that no variable has to move to the next one. Pointers, because this is where the time of loading
    // goes: kernels and initrds are tens of megabytes.
    private void Compress(ReadOnlySpan<byte> blocks)
    {
        uint* w = stackalloc uint[Rounds];
        fixed (uint* k = RoundConstants)
        fixed (byte* first = blocks)
        {
            for (int block = 0; block < blocks.Length; block += BlockBytes)
            {
                Schedule((uint*)(first + block), w);
                Mix(w, k);
            }
        }
    }

    private static void Schedule(uint* block, uint* w)
    {
        for (int i = 0; i < 16; i++)
        {
            w[i] = BinaryPrimitives.ReverseEndianness(block[i]);
        }

        uint* end = w + Rounds;
        for (uint* at = w + 16; at != end; at++)
        {
            uint early = at[-15];
            uint late = at[-2];
            uint sigma0 = BitOperations.RotateRight(early, 7) ^ BitOperations.RotateRight(early, 18) ^ (early >> 3);
            uint sigma1 = BitOperations.RotateRight(late, 17) ^ BitOperations.RotateRight(late, 19) ^ (late >> 10);
            *at = at[-16] + sigma0 + at[-7] + sigma1;
        }
    }

    private void Mix(uint* w, uint* k)
    {
        uint[] state = _state;
        uint a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
        uint* end = w + Rounds;
        for (; w != end; w += 8, k += 8)
        {
            h += Sum1(e) + Choose(e, f, g) + k[0] + w[0];
            d += h;
            h += Sum0(a) + Majority(a, b, c);
            g += Sum1(d) + Choose(d, e, f) + k[1] + w[1];
            c += g;
            g += Sum0(h) + Majority(h, a, b);
            f += Sum1(c) + Choose(c, d, e) + k[2] + w[2];
            b += f;
            f += Sum0(g) + Majority(g, h, a);
            e += Sum1(b) + Choose(b, c, d) + k[3] + w[3];
            a += e;
            e += Sum0(f) + Majority(f, g, h);
            d += Sum1(a) + Choose(a, b, c) + k[4] + w[4];
            h += d;
            d += Sum0(e) + Majority(e, f, g);
            c += Sum1(h) + Choose(h, a, b) + k[5] + w[5];
            g += c;
            c += Sum0(d) + Majority(d, e, f);
            b += Sum1(g) + Choose(g, h, a) + k[6] + w[6];
            f += b;
            b += Sum0(c) + Majority(c, d, e);
            a += Sum1(f) + Choose(f, g, h) + k[7] + w[7];
            e += a;
            a += Sum0(b) + Majority(b, c, d);
        }

        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
        state[5] += f;
        state[6] += g;
        state[7] += h;
    }

    // FIPS 180-4, 4.1.2.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Choose(uint x, uint y, uint z) => z ^ (x & (y ^ z));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Majority(uint x, uint y, uint z) => (x & y) | (z & (x | y));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Sum0(uint x) => BitOperations.RotateRight(x, 2) ^ BitOperations.RotateRight(x, 13) ^ BitOperations.RotateRight(x, 22);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Sum1(uint x) => BitOperations.RotateRight(x, 6) ^ BitOperations.RotateRight(x, 11) ^ BitOperations.RotateRight(x, 25);
}
