using System;
using HyperCore.Core.Console;
using HyperCore.Core.Diagnostics;

namespace HyperCore.Core.Menu;

/// <summary>
/// What the menu knows of the machine and its VMs. Everything is asked anew for each drawing, so answers may change at any time; nothing may
/// allocate.
/// </summary>
public abstract class MachineView
{
    /// <summary>HyperCore's version: <c>0.1.0</c>.</summary>
    public abstract string Version { get; }

    /// <summary>Nanoseconds since HyperCore started.</summary>
    public abstract ulong Now { get; }

    /// <summary>VMs that are configured.</summary>
    public abstract int VmCount { get; }

    /// <summary>What became of the configuration file.</summary>
    public abstract ConfigurationState Configuration { get; }

    /// <summary>The configuration file, or where it was looked for: <c>\EFI\HyperCore\hypercore.conf</c>.</summary>
    public abstract string ConfigurationPath { get; }

    /// <summary>Which places that path was looked for in: <c>on the partition HyperCore was started from</c>.</summary>
    public abstract string ConfigurationPlace { get; }

    /// <summary>Lines that say what is wrong with the configuration: <c>hypercore.conf:12:9: expected ...</c>.</summary>
    public abstract int ProblemCount { get; }

    /// <summary>Memory of the machine, bytes.</summary>
    public abstract ulong MemoryTotal { get; }

    /// <summary>Memory that no VM and not HyperCore uses, bytes.</summary>
    public abstract ulong MemoryFree { get; }

    /// <summary>Lines about the machine: processor, firmware, display and so on.</summary>
    public abstract int FactCount { get; }

    /// <summary>Processor features that matter to HyperCore.</summary>
    public abstract int FeatureCount { get; }

    /// <summary>HyperCore's log; the tags of its lines are <see cref="LogLevel"/>.</summary>
    public abstract LineHistory Log { get; }

    /// <summary>The keys that bring the menu from anywhere.</summary>
    public virtual Hotkey MenuHotkey => default;

    /// <summary>The keys that bring the next VM.</summary>
    public virtual Hotkey NextHotkey => default;

    /// <summary>The time of day, when the machine knows it.</summary>
    public virtual bool TryGetTimeOfDay(out int hour, out int minute)
    {
        hour = 0;
        minute = 0;
        return false;
    }

    /// <summary>A VM's name, as the configuration has it.</summary>
    public abstract string GetVmName(int vm);

    /// <summary>A VM's title for people; its name when it has none.</summary>
    public abstract string GetVmTitle(int vm);

    /// <summary>A VM's figures.</summary>
    public abstract void GetVmStatus(int vm, out VmStatus status);

    /// <summary>Writes why a VM is stopped or failed: <c>powered off</c>, <c>triple fault</c>, why it cannot start. Nothing when there is nothing to say.</summary>
    public abstract void WriteVmReason(int vm, ref TextBuilder reason);

    /// <summary>Lines of a VM's settings: kernel, command line and so on.</summary>
    public virtual int GetVmSettingCount(int vm) => 0;

    /// <summary>Writes one line of a VM's settings.</summary>
    /// <returns>Its label.</returns>
    public virtual string WriteVmSetting(int vm, int index, ref TextBuilder value) => "";

    /// <summary>Writes one line about the machine.</summary>
    /// <returns>Its label.</returns>
    public abstract string WriteFact(int index, ref TextBuilder value, out FactLevel level);

    /// <summary>A processor feature: <c>Nested paging</c>.</summary>
    /// <param name="index">Which one.</param>
    /// <param name="level">Good when present, bad when missing and needed, neutral when missing and not needed.</param>
    public abstract string GetFeature(int index, out FactLevel level);

    /// <summary>One of the lines that say what is wrong with the configuration.</summary>
    public abstract ReadOnlySpan<char> GetProblem(int index);

    /// <summary>What all VMs together take.</summary>
    public virtual void GetTotals(out MachineTotals totals) => totals = default;

    /// <summary>What a VM wrote to its console; null when nothing of it is kept.</summary>
    public virtual LineHistory? GetVmConsole(int vm) => null;

    /// <summary>The figures of one of a VM's vCPUs.</summary>
    public virtual void GetVcpuStatus(int vm, int vcpu, out VcpuStatus status) => status = default;

    /// <summary>Why a VM exits: the reasons that count most, the most frequent first.</summary>
    /// <returns>How many there are, at most as many as fit.</returns>
    public virtual int GetExitShares(int vm, Span<ExitShare> shares) => 0;

    /// <summary>Exits of a vCPU that are remembered.</summary>
    public virtual int GetTraceCount(int vm, int vcpu) => 0;

    /// <summary>Writes one of the remembered exits of a vCPU in words.</summary>
    /// <param name="vm">The VM.</param>
    /// <param name="vcpu">The vCPU.</param>
    /// <param name="age">Which one; 0 is the newest.</param>
    /// <param name="words">Where the words go.</param>
    /// <returns>Where the guest was: RIP.</returns>
    public virtual ulong WriteTrace(int vm, int vcpu, int age, ref TextBuilder words) => 0;

    /// <summary>Lines about a VM's devices: display, disks and so on.</summary>
    public virtual int GetVmDeviceCount(int vm) => 0;

    /// <summary>Writes one line about a VM's devices.</summary>
    /// <returns>Its label.</returns>
    public virtual string WriteVmDevice(int vm, int index, ref TextBuilder value) => "";

    /// <summary>Writes which entry HyperCore has in the firmware's boot menu: <c>Boot0003, third in the order</c>, or why it has none; nothing when that is not known.</summary>
    public virtual void WriteBootEntry(ref TextBuilder value)
    {
    }

    /// <summary>Writes why no VM can start on this machine (<c>SVM is switched off in the firmware's set-up</c>); nothing when they can.</summary>
    public virtual void WriteObstacle(ref TextBuilder reason)
    {
    }
}
