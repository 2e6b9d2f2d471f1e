using System;

namespace HyperCore.Core.Exits;

/// <summary>
/// The memory-type range registers as the guest sees them: stored and checked as the processor would, without effect, because a guest's
/// memory types come from nested paging and its PAT (AMD APM vol. 2, 7.7; 15.25.8).
/// </summary>
public sealed class MtrrState
{
    private const int VariableRanges = 8;
    private const int FixedRanges = 11;
    private const uint FirstVariable = 0x200;
    private const uint Fixed64K = 0x250;
    private const uint Fixed16K = 0x258;
    private const uint Fixed4K = 0x268;
    private const ulong WriteBack = 6;
    private const ulong DefaultEnabled = 0xC00;

    private readonly ulong[] _variable = new ulong[VariableRanges * 2];
    private readonly ulong[] _fixed = new ulong[FixedRanges];
    private ulong _default;

    /// <summary>MTRRcap: eight variable ranges, fixed ranges, write combining.</summary>
    public static ulong Capabilities => VariableRanges | 0x100 | 0x400;

    /// <summary>Everything write-back and switched on, as firmware leaves it.</summary>
    public void Reset()
    {
        _variable.AsSpan().Clear();
        _fixed.AsSpan().Fill(0x0606_0606_0606_0606);
        _default = DefaultEnabled | WriteBack;
    }

    /// <summary>Reads a register.</summary>
    /// <returns>False when <paramref name="msr"/> is not an MTRR.</returns>
    public bool TryRead(uint msr, out ulong value)
    {
        if (msr == MsrIndex.MtrrDefaultType)
        {
            value = _default;
            return true;
        }

        if (msr - FirstVariable < VariableRanges * 2)
        {
            value = _variable[msr - FirstVariable];
            return true;
        }

        int index = FixedIndex(msr);
        value = index < 0 ? 0 : _fixed[index];
        return index >= 0;
    }

    /// <summary>Writes a register.</summary>
    /// <returns>False when <paramref name="msr"/> is not an MTRR or the value is not allowed: #GP.</returns>
    public bool TryWrite(uint msr, ulong value)
    {
        if (msr == MsrIndex.MtrrDefaultType)
        {
            if ((value & ~0xCFFul) != 0 || !IsType(value & 0xFF))
            {
                return false;
            }

            _default = value;
            return true;
        }

        if (msr - FirstVariable < VariableRanges * 2)
        {
            bool isBase = (msr & 1) == 0;
            if (isBase ? (value & 0xF00) != 0 || !IsType(value & 0xFF) : (value & 0x7FF) != 0)
            {
                return false;
            }

            _variable[msr - FirstVariable] = value;
            return true;
        }

        int index = FixedIndex(msr);
        if (index < 0)
        {
            return false;
        }

        for (int shift = 0; shift < 64; shift += 8)
        {
            // Bits 3 and 4 of each byte are AMD's RdMem and WrMem, hidden unless SYSCFG shows them.
            if (!IsType(value >> shift & 0xFF))
            {
                return false;
            }
        }

        _fixed[index] = value;
        return true;
    }

    private static bool IsType(ulong type) => type is 0 or 1 or 4 or 5 or 6;

    private static int FixedIndex(uint msr) => msr switch
    {
        Fixed64K => 0,
        Fixed16K or Fixed16K + 1 => 1 + (int)(msr - Fixed16K),
        >= Fixed4K and < Fixed4K + 8 => 3 + (int)(msr - Fixed4K),
        _ => -1,
    };
}
