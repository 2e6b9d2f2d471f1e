using System.Collections.Generic;
using System.IO;
using System.Linq;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Firmware;
using HyperCore.Tool.Disks;

namespace HyperCore.Tool.Firmware;

/// <summary>HyperCore's entry in the firmware's boot menu, for the partition that it is installed on: what would be done, in words, and doing it.</summary>
/// <param name="variables">The firmware's variables.</param>
/// <param name="partition">The partition.</param>
/// <param name="label">What the firmware's menu shall show.</param>
internal sealed class BootMenu(EfiVariables variables, GuidPartition partition, string label)
{
    private const int MaxText = 400;

    private readonly BootEntries _entries = new(variables, FileDevicePath.Encode(partition, PartitionPaths.Application), label, PartitionPaths.Application);

    private delegate bool Step(BootEntries entries, ref TextBuilder why);

    /// <summary>Finds out what <see cref="Install"/> would do.</summary>
    /// <param name="isFirst">The entry is to be started before all others; else it comes last, or stays where it is.</param>
    /// <returns>Lines that say it, and whether anything is to be changed.</returns>
    /// <exception cref="IOException">It is not possible.</exception>
    public (IReadOnlyList<string> Lines, bool IsChange) PlanInstall(bool isFirst)
    {
        Take((BootEntries entries, ref TextBuilder why) => entries.TryPlanInstall(ref why, isFirst));
        string state = _entries.Number < 0 ? "new" : _entries.IsWritePlanned ? "differs, is put right" : "unchanged";
        string path = FileDevicePath.ToText(partition, PartitionPaths.Application);
        return ([$"entry      {NameOf(_entries.PlannedNumber)} {path} ({state})", .. OrderLines()], _entries.IsWritePlanned || !_entries.PlannedOrder.IsSame(_entries.Order));
    }

    /// <summary>Makes the entry, or puts it right.</summary>
    /// <param name="isFirst">The entry is to be started before all others; else it comes last, or stays where it is.</param>
    /// <exception cref="IOException">The firmware does not take it.</exception>
    public void Install(bool isFirst) => Take((BootEntries entries, ref TextBuilder why) => entries.TryInstall(ref why, isFirst));

    /// <summary>Finds out what <see cref="Remove"/> would do.</summary>
    /// <returns>Lines that say it; none when there is no entry.</returns>
    /// <exception cref="IOException">It is not possible.</exception>
    public IReadOnlyList<string> PlanRemoval()
    {
        _entries.Refresh();
        if (_entries.IsAbsent)
        {
            return [];
        }

        Take((BootEntries entries, ref TextBuilder why) => entries.TryPlanRemoval(ref why));
        return [.. _entries.PlannedRemovals.ToArray().Select(number => $"remove     {NameOf(number)}"), .. OrderLines()];
    }

    /// <summary>Removes the entry, or all of them.</summary>
    /// <exception cref="IOException">The firmware does not do it.</exception>
    public void Remove() => Take((BootEntries entries, ref TextBuilder why) => entries.TryRemove(ref why));

    private static string NameOf(int number) => BootEntryName.Format(stackalloc char[BootEntryName.Length], number).ToString();

    private static string ToText(BootOrder order) => order.Count == 0 ? "(none)" : string.Join(',', Enumerable.Range(0, order.Count).Select(place => $"{order[place]:X4}"));

    private string[] OrderLines() =>
        _entries.PlannedOrder.IsSame(_entries.Order) ? [] : [$"order      {ToText(_entries.Order)} -> {ToText(_entries.PlannedOrder)}"];

    private void Take(Step step)
    {
        var why = new TextBuilder(new char[MaxText]);
        if (!step(_entries, ref why))
        {
            throw new IOException(variables.Problem == null ? why.Text.ToString() : $"{why.Text} ({variables.Problem})");
        }
    }
}
