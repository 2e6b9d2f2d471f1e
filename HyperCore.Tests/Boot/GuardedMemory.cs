using System;
using HyperCore.Core.Memory;
using HyperCore.Core.Platform;

namespace HyperCore.Tests.Boot;

/// <summary>Guest RAM from address 0 in two slots, filled with a pattern, with guard bytes around that nobody may touch.</summary>
internal sealed unsafe class GuardedMemory
{
    public const byte Pattern = 0xA5;

    private const int Guard = 4096;
    private readonly byte[] _bytes;
    private readonly int _length;

    public GuardedMemory(int length)
    {
        _length = length;
        _bytes = GC.AllocateArray<byte>(length + (2 * Guard), pinned: true);
        _bytes.AsSpan().Fill(Pattern);
        fixed (byte* start = _bytes)
        {
            // Two slots that touch: loaders have to cope with files that cross from one into the other.
            int first = Math.Min(length / 2, 0x18_0000) & ~0xFFF;
            Memory.Add(new MemorySlot(0, (ulong)first, start + Guard, 0x1_0000_0000));
            Memory.Add(new MemorySlot((ulong)first, (ulong)(length - first), start + Guard + first, 0x2_0000_0000));
        }
    }

    public GuestMemory Memory { get; } = new();

    /// <summary>All of RAM.</summary>
    public Span<byte> Ram => _bytes.AsSpan(Guard, _length);

    public ushort U16(ulong address) => BitConverter.ToUInt16(Ram.Slice((int)address));

    public uint U32(ulong address) => BitConverter.ToUInt32(Ram.Slice((int)address));

    public ulong U64(ulong address) => BitConverter.ToUInt64(Ram.Slice((int)address));

    public string Text(ulong address)
    {
        Span<byte> rest = Ram.Slice((int)address);
        return System.Text.Encoding.UTF8.GetString(rest.Slice(0, rest.IndexOf((byte)0)));
    }

    /// <summary>Nothing was written around RAM, into the area of the ACPI tables, or below the loaders' own tables.</summary>
    public bool IsIntact() =>
        IsPattern(_bytes.AsSpan(0, Guard + 0x500))
        && IsPattern(_bytes.AsSpan(Guard + _length))
        && IsPattern(Ram.Slice((int)PlatformLayout.ConventionalEnd, 0x10_0000 - (int)PlatformLayout.ConventionalEnd));

    private static bool IsPattern(Span<byte> bytes) => !bytes.ContainsAnyExcept(Pattern);
}
