using System;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace HyperCore.Core.Devices;

/// <summary>
/// The registers of a local APIC in memory, each at its offset in the architecture's page (<see cref="ApicRegister"/>), as a processor with APIC
/// virtualization wants them (Intel SDM vol. 3C, 30.1). IRR, ISR and TMR are eight 32-bit registers each, 16 bytes apart.
/// </summary>
public sealed unsafe class ApicRegisterPage
{
    /// <summary>Bytes that the registers take.</summary>
    public const int Size = 0x400;

    private const int Stride = 4;
    private const int HalfOfSet = 4 * Stride;

    private readonly uint* _registers;

    /// <summary>Lays the registers out.</summary>
    /// <param name="memory"><see cref="Size"/> bytes that stay where they are.</param>
    /// <param name="isUsedByProcessor">The processor reads and changes them while the vCPU runs.</param>
    public ApicRegisterPage(byte* memory, bool isUsedByProcessor = false)
    {
        _registers = (uint*)memory;
        IsUsedByProcessor = isUsedByProcessor;
    }

    /// <summary>
    /// The processor reads and changes the registers while the vCPU runs, without any lock: nobody but the vCPU itself may write to them, and that only
    /// between an exit and the next entry.
    /// </summary>
    public bool IsUsedByProcessor { get; }

    /// <summary>A register by its offset, a multiple of 4 below <see cref="Size"/>.</summary>
    public uint this[uint offset]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _registers[offset >> 2];
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        set => _registers[offset >> 2] = value;
    }

    /// <summary>The highest vector in IRR, ISR or TMR; -1 when there is none.</summary>
    /// <param name="set">Offset of the first of its registers.</param>
    public int Highest(uint set)
    {
        uint* half = _registers + (set >> 2) + HalfOfSet;
        int vector = 128;
        if ((half[0] | half[Stride] | half[2 * Stride] | half[3 * Stride]) == 0)
        {
            half -= HalfOfSet;
            vector = 0;
            if ((half[0] | half[Stride] | half[2 * Stride] | half[3 * Stride]) == 0)
            {
                return -1;
            }
        }

        uint value = half[3 * Stride];
        if (value != 0)
        {
            return vector + 96 + BitOperations.Log2(value);
        }

        value = half[2 * Stride];
        if (value != 0)
        {
            return vector + 64 + BitOperations.Log2(value);
        }

        value = half[Stride];
        return value != 0 ? vector + 32 + BitOperations.Log2(value) : vector + BitOperations.Log2(half[0]);
    }

    /// <summary>IRR, ISR or TMR has this vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Contains(uint set, int vector) => (*RegisterOf(set, vector) & (1u << (vector & 31))) != 0;

    /// <summary>Sets the bit of a vector in IRR, ISR or TMR.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(uint set, int vector) => *RegisterOf(set, vector) |= 1u << (vector & 31);

    /// <summary>Clears the bit of a vector in IRR, ISR or TMR.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Remove(uint set, int vector) => *RegisterOf(set, vector) &= ~(1u << (vector & 31));

    /// <summary>64 vectors of IRR, ISR or TMR, the lowest in bit 0.</summary>
    /// <param name="set">Offset of the first of its registers.</param>
    /// <param name="index">0 to 3.</param>
    public ulong Word(uint set, int index)
    {
        uint* first = _registers + (set >> 2) + ((index & 3) * 2 * Stride);
        return first[0] | ((ulong)first[Stride] << 32);
    }

    /// <summary>Makes all registers but one 0.</summary>
    /// <param name="kept">Offset of the register that stays as it is.</param>
    public void ClearAllBut(uint kept)
    {
        uint value = this[kept];
        new Span<uint>(_registers, Size / sizeof(uint)).Clear();
        this[kept] = value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint* RegisterOf(uint set, int vector) => _registers + (set >> 2) + (((vector >> 5) & 7) * Stride);
}
