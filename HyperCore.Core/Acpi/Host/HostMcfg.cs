using System;
using System.Buffers.Binary;

namespace HyperCore.Core.Acpi.Host;

/// <summary>The real machine's MCFG table: where PCI Express configuration space is (PCI Firmware 3.3, 4.1.2).</summary>
public sealed class HostMcfg
{
    /// <summary>The most segments kept.</summary>
    public const int MaxSegments = 64;

    private const int FirstEntry = 44;
    private const int EntryLength = 16;

    private readonly EcamSegment[] _segments;
    private readonly int _count;

    private HostMcfg(ReadOnlySpan<byte> table)
    {
        _segments = new EcamSegment[Math.Min(MaxSegments, (table.Length - FirstEntry) / EntryLength)];
        for (int i = 0; i < _segments.Length; i++)
        {
            ReadOnlySpan<byte> entry = table.Slice(FirstEntry + (i * EntryLength), EntryLength);
            var segment = new EcamSegment(
                BinaryPrimitives.ReadUInt64LittleEndian(entry),
                BinaryPrimitives.ReadUInt16LittleEndian(entry.Slice(8)),
                entry[10],
                entry[11]);
            if (segment.BaseAddress != 0 && segment.StartBus <= segment.EndBus)
            {
                _segments[_count++] = segment;
            }
        }
    }

    /// <summary>The segments, in the table's order; impossible ones are left out.</summary>
    public ReadOnlySpan<EcamSegment> Segments => _segments.AsSpan(0, _count);

    /// <summary>Reads an MCFG.</summary>
    /// <param name="table">The whole table, as <see cref="HostAcpiTables.Find"/> returns it.</param>
    /// <returns>The table's content, or null when it is too short.</returns>
    public static HostMcfg? Parse(ReadOnlySpan<byte> table) => table.Length < FirstEntry ? null : new HostMcfg(table);
}
