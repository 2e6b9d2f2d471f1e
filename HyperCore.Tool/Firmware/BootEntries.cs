using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using HyperCore.Tool.Disks;

namespace HyperCore.Tool.Firmware;

/// <summary>The firmware's boot entries: the Boot#### variables and BootOrder. (UEFI 2.10, 3.1.)</summary>
/// <param name="variables">The variables.</param>
internal sealed class BootEntries(EfiVariables variables)
{
    private const string BootOrder = "BootOrder";
    private const string BootNext = "BootNext";

    /// <summary>What has to be done for a file to have a boot entry. Nothing, when it has one that is right.</summary>
    /// <param name="partition">The file's partition.</param>
    /// <param name="file">Its path there.</param>
    /// <param name="label">What the firmware's menu shall show.</param>
    /// <param name="isFirst">It is to be started before all others; else it comes last, or stays where it is.</param>
    /// <exception cref="IOException">All numbers are taken.</exception>
    public BootChange PlanEntry(GuidPartition partition, string file, string label, bool isFirst)
    {
        var wanted = new LoadOption(LoadOption.Active, label, DevicePath.Encode(partition, file), []);
        IReadOnlyList<ushort> numbers = variables.BootNumbers;
        IReadOnlyList<ushort> order = Order();

        // Of several the one that the firmware would take first.
        ushort? found = Find(numbers, partition.Id, file).OrderBy(number => order.Contains(number) ? order.ToList().IndexOf(number) : int.MaxValue).Cast<ushort?>().FirstOrDefault();
        ushort entry = found ?? Free(numbers);
        bool isRight = found != null && variables.Read(EfiVariables.BootName(entry)).AsSpan().SequenceEqual(wanted.Encode());
        IReadOnlyList<ushort> newOrder = isFirst ? [entry, .. order.Where(number => number != entry)] : order.Contains(entry) ? order : [.. order, entry];
        return new BootChange(isRight ? [] : [(entry, wanted)], [], entry, found == null, order, newOrder);
    }

    /// <summary>What has to be done for a file to have no boot entry.</summary>
    /// <param name="partition">The GUID of the file's partition.</param>
    /// <param name="file">Its path there.</param>
    public BootChange PlanRemoval(Guid partition, string file)
    {
        IReadOnlyList<ushort> entries = Find(variables.BootNumbers, partition, file).ToArray();
        IReadOnlyList<ushort> order = Order();
        return new BootChange([], entries, entries.Count == 0 ? null : entries[0], false, order, [.. order.Where(number => !entries.Contains(number))]);
    }

    /// <summary>Carries a change out: at no time does BootOrder name an entry that is not there.</summary>
    /// <exception cref="IOException">The firmware does not take it.</exception>
    public void Apply(BootChange change)
    {
        foreach ((ushort number, LoadOption option) in change.Written)
        {
            variables.Write(EfiVariables.BootName(number), option.Encode());
        }

        if (!change.OldOrder.SequenceEqual(change.NewOrder))
        {
            WriteOrder(change.NewOrder);
        }

        foreach (ushort number in change.Deleted)
        {
            if (variables.Read(BootNext) is { Length: sizeof(ushort) } next && BinaryPrimitives.ReadUInt16LittleEndian(next) == number)
            {
                variables.Delete(BootNext);
            }

            variables.Delete(EfiVariables.BootName(number));
        }
    }

    private static ushort Free(IReadOnlyList<ushort> numbers)
    {
        for (int number = 0; number <= ushort.MaxValue; number++)
        {
            if (!numbers.Contains((ushort)number))
            {
                return (ushort)number;
            }
        }

        throw new IOException("the firmware has no number left for a boot entry");
    }

    private IEnumerable<ushort> Find(IReadOnlyList<ushort> numbers, Guid partition, string file)
    {
        foreach (ushort number in numbers)
        {
            LoadOption? option = variables.Read(EfiVariables.BootName(number)) is { } data ? LoadOption.Decode(data) : null;
            if (option != null && DevicePath.TryDecode(option.FilePathList, out Guid id, out string path) && id == partition && string.Equals(path, file, StringComparison.OrdinalIgnoreCase))
            {
                yield return number;
            }
        }
    }

    private ushort[] Order()
    {
        byte[] data = variables.Read(BootOrder) ?? [];
        ushort[] order = new ushort[data.Length / sizeof(ushort)];
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = BinaryPrimitives.ReadUInt16LittleEndian(data.AsSpan(i * sizeof(ushort)));
        }

        return order;
    }

    private void WriteOrder(IReadOnlyList<ushort> order)
    {
        // UEFI 2.10, 8.2: a variable without data is one that is deleted.
        if (order.Count == 0)
        {
            variables.Delete(BootOrder);
            return;
        }

        byte[] data = new byte[order.Count * sizeof(ushort)];
        for (int i = 0; i < order.Count; i++)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(data.AsSpan(i * sizeof(ushort)), order[i]);
        }

        variables.Write(BootOrder, data);
    }
}
