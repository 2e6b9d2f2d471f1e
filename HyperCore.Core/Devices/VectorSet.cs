using System;
using System.Numerics;

namespace HyperCore.Core.Devices;

/// <summary>A set of interrupt vectors, as the 256-bit registers IRR, ISR and TMR hold it.</summary>
internal sealed class VectorSet
{
    private readonly ulong[] _words = new ulong[4];

    /// <summary>The highest vector in the set, or -1 when it is empty.</summary>
    public int Highest
    {
        get
        {
            ulong[] words = _words;
            for (int i = words.Length - 1; i >= 0; i--)
            {
                if (words[i] != 0)
                {
                    return (i << 6) + BitOperations.Log2(words[i]);
                }
            }

            return -1;
        }
    }

    public bool Contains(int vector) => (_words[(vector >> 6) & 3] & (1ul << (vector & 63))) != 0;

    public void Add(int vector) => _words[(vector >> 6) & 3] |= 1ul << (vector & 63);

    public void Remove(int vector) => _words[(vector >> 6) & 3] &= ~(1ul << (vector & 63));

    public void Clear() => _words.AsSpan().Clear();

    /// <summary>One of the eight 32-bit registers that show the set; register 0 holds vectors 0 to 31.</summary>
    public uint Register(int index) => (uint)(_words[(index >> 1) & 3] >> ((index & 1) * 32));
}
