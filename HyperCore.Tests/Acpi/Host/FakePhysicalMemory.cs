using System;
using System.Buffers.Binary;
using HyperCore.Core.Acpi.Host;

namespace HyperCore.Tests.Acpi.Host;

/// <summary>A piece of the machine's memory that begins at <see cref="Base"/>; everything else cannot be read.</summary>
internal sealed class FakePhysicalMemory : PhysicalMemoryReader
{
    public const ulong Base = 0x7F00_0000;

    private int _next = 64;

    public byte[] Bytes { get; } = new byte[0x1_0000];

    public static ulong RsdpAddress => Base;

    public override ReadOnlySpan<byte> View(ulong address, int length)
    {
        ulong offset = address - Base;
        return offset > (ulong)Bytes.Length || (ulong)length > (ulong)Bytes.Length - offset ? default : Bytes.AsSpan((int)offset, length);
    }

    /// <summary>Lays out a table with a header around <paramref name="body"/> and the right checksum.</summary>
    public ulong AddTable(string signature, byte[] body, byte revision = 1)
    {
        int at = _next;
        byte[] table = MakeTable(signature, body, revision);
        table.CopyTo(Bytes, at);
        _next += (table.Length + 15) & ~15;
        return Base + (ulong)at;
    }

    /// <summary>Lays out root table and RSDP for tables that were added before.</summary>
    public void AddRoot(bool extended, params ulong[] tables)
    {
        byte[] entries = new byte[tables.Length * (extended ? 8 : 4)];
        for (int i = 0; i < tables.Length; i++)
        {
            if (extended)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(entries.AsSpan(i * 8), tables[i]);
            }
            else
            {
                BinaryPrimitives.WriteUInt32LittleEndian(entries.AsSpan(i * 4), (uint)tables[i]);
            }
        }

        ulong root = AddTable(extended ? "XSDT" : "RSDT", entries);
        Span<byte> rsdp = Bytes.AsSpan(0, 36);
        rsdp.Clear();
        "RSD PTR "u8.CopyTo(rsdp);
        if (extended)
        {
            rsdp[15] = 2;
            BinaryPrimitives.WriteInt32LittleEndian(rsdp.Slice(20), 36);
            BinaryPrimitives.WriteUInt64LittleEndian(rsdp.Slice(24), root);
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(rsdp.Slice(16), (uint)root);
        }

        rsdp[8] = (byte)-HostAcpiTables.Checksum(rsdp.Slice(0, 20));
        if (extended)
        {
            rsdp[32] = (byte)-HostAcpiTables.Checksum(rsdp);
        }
    }

    public static byte[] MakeTable(string signature, byte[] body, byte revision = 1)
    {
        byte[] table = new byte[36 + body.Length];
        for (int i = 0; i < 4; i++)
        {
            table[i] = (byte)signature[i];
        }

        BinaryPrimitives.WriteInt32LittleEndian(table.AsSpan(4), table.Length);
        table[8] = revision;
        body.CopyTo(table, 36);
        table[9] = (byte)-HostAcpiTables.Checksum(table);
        return table;
    }
}
