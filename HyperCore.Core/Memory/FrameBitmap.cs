using System;
using System.Numerics;

namespace HyperCore.Core.Memory;

/// <summary>One bit a frame, in memory given by the caller; a set bit is a free frame.</summary>
internal readonly unsafe struct FrameBitmap
{
    private const int BitsPerWord = 64;

    private readonly ulong* _words;

    /// <summary>All bits start clear.</summary>
    public FrameBitmap(ulong* words, ulong frameCount)
    {
        _words = words;
        FrameCount = frameCount;
        for (ulong i = 0; i < WordsFor(frameCount); i++)
        {
            words[i] = 0;
        }
    }

    public ulong FrameCount { get; }

    public static ulong WordsFor(ulong frameCount) => (frameCount + BitsPerWord - 1) / BitsPerWord;

    /// <summary>Sets or clears bits.</summary>
    public void Set(ulong start, ulong count, bool value)
    {
        while (count > 0)
        {
            ulong mask = MaskAt(start, count, out ulong used);
            if (value)
            {
                _words[start / BitsPerWord] |= mask;
            }
            else
            {
                _words[start / BitsPerWord] &= ~mask;
            }

            start += used;
            count -= used;
        }
    }

    /// <summary>All bits of the range are <paramref name="value"/>.</summary>
    public bool IsAll(ulong start, ulong count, bool value)
    {
        while (count > 0)
        {
            ulong mask = MaskAt(start, count, out ulong used);
            if ((_words[start / BitsPerWord] & mask) != (value ? mask : 0))
            {
                return false;
            }

            start += used;
            count -= used;
        }

        return true;
    }

    /// <summary>The first set bit at or after <paramref name="frame"/>, or <see cref="FrameCount"/>.</summary>
    public ulong FindSet(ulong frame) => Find(frame, 0);

    /// <summary>The first clear bit at or after <paramref name="frame"/>, or <see cref="FrameCount"/>.</summary>
    public ulong FindClear(ulong frame) => Find(frame, ulong.MaxValue);

    private ulong Find(ulong frame, ulong invert)
    {
        while (frame < FrameCount)
        {
            ulong word = (_words[frame / BitsPerWord] ^ invert) >> (int)(frame % BitsPerWord);
            if (word != 0)
            {
                return Math.Min(frame + (ulong)BitOperations.TrailingZeroCount(word), FrameCount);
            }

            frame = (frame / BitsPerWord * BitsPerWord) + BitsPerWord;
        }

        return FrameCount;
    }

    private static ulong MaskAt(ulong start, ulong count, out ulong used)
    {
        int shift = (int)(start % BitsPerWord);
        used = Math.Min(count, (ulong)(BitsPerWord - shift));
        return (used == BitsPerWord ? ulong.MaxValue : (1ul << (int)used) - 1) << shift;
    }
}
