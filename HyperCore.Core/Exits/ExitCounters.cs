using System;
using System.Runtime.CompilerServices;

namespace HyperCore.Core.Exits;

/// <summary>How often a vCPU left guest mode for each reason since its VM was started.</summary>
public sealed class ExitCounters
{
    private readonly ulong[] _counts = new ulong[(int)ExitReason.InvalidGuestState + 1];

    /// <summary>Exits of one kind.</summary>
    public ulong this[ExitReason reason] => _counts[(int)reason];

    /// <summary>All exits.</summary>
    public ulong Total
    {
        get
        {
            ulong total = 0;
            for (int i = 0; i < _counts.Length; i++)
            {
                total += _counts[i];
            }

            return total;
        }
    }

    /// <summary>Counts one exit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Count(ExitReason reason) => _counts[(int)reason]++;

    /// <summary>Starts again at zero.</summary>
    public void Reset() => _counts.AsSpan().Clear();
}
