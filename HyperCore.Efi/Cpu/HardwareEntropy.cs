using System;
using System.Buffers.Binary;
using HyperCore.Core.Processor;

namespace HyperCore.Efi.Cpu;

/// <summary>The processor's own random number generator: RDSEED, or RDRAND where there is no RDSEED or it is exhausted (AMD APM vol. 3).</summary>
public sealed class HardwareEntropy : EntropySource
{
    private const uint HasRdRand = 1u << 30; // CPUID 0000_0001h ECX
    private const uint HasRdSeed = 1u << 18; // CPUID 0000_0007h EBX

    // A generator that works gives a number at the first or second attempt.
    private const int Attempts = 10;

    private readonly bool _hasRdRand;
    private readonly bool _hasRdSeed;

    private HardwareEntropy(bool hasRdRand, bool hasRdSeed)
    {
        _hasRdRand = hasRdRand;
        _hasRdSeed = hasRdSeed;
    }

    /// <summary>The generator of the machine's processors; null when they have none, or one that always says the same.</summary>
    public static HardwareEntropy? Find(HostProcessor processor)
    {
        bool hasRdRand = (processor.Cpuid(1).Ecx & HasRdRand) != 0;
        bool hasRdSeed = processor.Cpuid(0).Eax >= 7 && (processor.Cpuid(7).Ebx & HasRdSeed) != 0;
        if (!hasRdRand && !hasRdSeed)
        {
            return null;
        }

        // Some firmware leaves generators in a state in which they give all ones and call that a success.
        var entropy = new HardwareEntropy(hasRdRand, hasRdSeed);
        return entropy.TryRead(out ulong first) && entropy.TryRead(out ulong second) && first != second ? entropy : null;
    }

    /// <inheritdoc/>
    public override bool TryFill(Span<byte> destination)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        while (destination.Length > 0)
        {
            if (!TryRead(out ulong value))
            {
                return false;
            }

            int count = Math.Min(destination.Length, sizeof(ulong));
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
            bytes.Slice(0, count).CopyTo(destination);
            destination = destination.Slice(count);
        }

        return true;
    }

    private bool TryRead(out ulong value)
    {
        if (_hasRdSeed && Intrinsics.TryReadSeed(out value))
        {
            return true;
        }

        value = 0;
        bool done = false;
        for (int i = 0; i < Attempts && !done && _hasRdRand; i++)
        {
            done = Intrinsics.TryReadRandom(out value);
        }

        return done;
    }
}
