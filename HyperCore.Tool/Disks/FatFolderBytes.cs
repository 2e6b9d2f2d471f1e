using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Text;

namespace HyperCore.Tool.Disks;

/// <summary>Makes the entries of a folder on FAT.</summary>
/// <param name="time">The time that everything was created and written at.</param>
internal sealed class FatFolderBytes(DateTime time)
{
    private readonly MemoryStream _bytes = new();
    private readonly HashSet<string> _shortNames = [];

    /// <summary>Bytes that the entries of a folder take, without those it may have for itself.</summary>
    public static int Measure(PartitionNode folder)
    {
        int entries = 0;
        foreach (PartitionNode child in folder.Children.Values)
        {
            entries += 1 + LongEntries(child.Name);
        }

        return entries * FatEntry.Size;
    }

    /// <summary>Adds the volume's label.</summary>
    public void AddLabel(string label) => AddShort(Encoding.ASCII.GetBytes(label.PadRight(FatName.ShortLength)), FatEntry.VolumeLabel, 0, 0);

    /// <summary>Adds what a folder other than the root has first: itself and the one above.</summary>
    public void AddDots(uint self, uint parent)
    {
        AddShort(Encoding.ASCII.GetBytes(".".PadRight(FatName.ShortLength)), FatEntry.Folder, self, 0);
        AddShort(Encoding.ASCII.GetBytes("..".PadRight(FatName.ShortLength)), FatEntry.Folder, parent, 0);
    }

    /// <summary>Adds what is in a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="firstCluster">Says where a child begins; 0 when it is empty.</param>
    public void AddChildren(PartitionNode folder, Func<PartitionNode, uint> firstCluster)
    {
        // Names that are short already keep theirs, whatever comes before them.
        foreach (PartitionNode child in folder.Children.Values)
        {
            if (FatName.Exact(child.Name) is { } exact)
            {
                _shortNames.Add(exact);
            }
        }

        foreach (PartitionNode child in folder.Children.Values)
        {
            byte[] shortName = Encoding.ASCII.GetBytes(FatName.Exact(child.Name) ?? FatName.Generate(child.Name, _shortNames));
            AddLong(child.Name, FatName.Checksum(shortName));
            AddShort(shortName, child.IsFolder ? FatEntry.Folder : FatEntry.Archive, firstCluster(child), (uint)child.Length);
        }
    }

    /// <summary>The entries.</summary>
    public byte[] ToArray() => _bytes.ToArray();

    private static int LongEntries(string name)
    {
        bool isShort = FatName.Exact(name) is { } exact && FatName.ToText(Encoding.ASCII.GetBytes(exact)) == name;
        return isShort ? 0 : (name.Length + FatEntry.LongCharacters - 1) / FatEntry.LongCharacters;
    }

    private void AddLong(string name, byte checksum)
    {
        Span<byte> entry = stackalloc byte[FatEntry.Size];
        int count = LongEntries(name);

        // The end of the name comes first.
        for (int i = count; i > 0; i--)
        {
            entry.Clear();
            entry[0] = (byte)(i | (i == count ? FatEntry.LastLongEntry : 0));
            entry[FatEntry.AttributesOffset] = FatEntry.LongName;
            entry[FatEntry.ChecksumOffset] = checksum;
            for (int j = 0; j < FatEntry.LongCharacters; j++)
            {
                int at = ((i - 1) * FatEntry.LongCharacters) + j;
                ushort character = at < name.Length ? name[at] : at == name.Length ? (ushort)0 : ushort.MaxValue;
                BinaryPrimitives.WriteUInt16LittleEndian(entry[FatEntry.LongOffsets[j]..], character);
            }

            _bytes.Write(entry);
        }
    }

    private void AddShort(ReadOnlySpan<byte> name, byte attributes, uint cluster, uint length)
    {
        Span<byte> entry = stackalloc byte[FatEntry.Size];
        entry.Clear();
        ushort date = (ushort)(((time.Year - 1980) << 9) | (time.Month << 5) | time.Day);
        ushort clock = (ushort)((time.Hour << 11) | (time.Minute << 5) | (time.Second / 2));
        name.CopyTo(entry);
        entry[FatEntry.AttributesOffset] = attributes;
        BinaryPrimitives.WriteUInt16LittleEndian(entry[FatEntry.CreatedOffset..], clock);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[(FatEntry.CreatedOffset + 2)..], date);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[(FatEntry.CreatedOffset + 4)..], date);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[FatEntry.WrittenOffset..], clock);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[(FatEntry.WrittenOffset + 2)..], date);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[FatEntry.ClusterHighOffset..], (ushort)(cluster >> 16));
        BinaryPrimitives.WriteUInt16LittleEndian(entry[FatEntry.ClusterLowOffset..], (ushort)cluster);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[FatEntry.LengthOffset..], length);
        _bytes.Write(entry);
    }
}
