using System;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Firmware;
using HyperCore.Core.Menu;

namespace HyperCore.Core.Machine;

/// <summary>What the menu's keys do.</summary>
public sealed class VmActions : MenuActions
{
    private readonly HostServices _host;
    private readonly Log _log;
    private VirtualMachines _machines = null!;
    private KvmSwitch _switch = null!;
    private BootEntries? _bootEntries;

    /// <summary>Creates the actions; <see cref="Connect"/> gives them the VMs.</summary>
    public VmActions(HostServices host, Log log)
    {
        _host = host;
        _log = log;
    }

    /// <summary>Connects the VMs, which are built after the menu.</summary>
    /// <param name="machines">The VMs.</param>
    /// <param name="kvm">The switch.</param>
    /// <param name="bootEntries">HyperCore's entry in the firmware's boot menu; null when nothing is known of that menu.</param>
    public void Connect(VirtualMachines machines, KvmSwitch kvm, BootEntries? bootEntries)
    {
        _bootEntries = bootEntries;
        _machines = machines;
        _switch = kvm;
    }

    /// <inheritdoc/>
    public override bool Start(int vm, ref TextBuilder message)
    {
        VirtualMachine machine = _machines[vm];
        if (machine.IsAlive)
        {
            return BringToForeground(vm, ref message);
        }

        if (!_machines.Start(machine))
        {
            message.Append(machine.StopReason.Text);
            return false;
        }

        _switch.Show(machine);
        return true;
    }

    /// <inheritdoc/>
    public override bool BringToForeground(int vm, ref TextBuilder message)
    {
        VirtualMachine machine = _machines[vm];
        if (!machine.IsAlive)
        {
            message.Append("it is not running; Enter starts it");
            return false;
        }

        _switch.Show(machine);
        return true;
    }

    /// <inheritdoc/>
    public override bool Stop(int vm, ref TextBuilder message)
    {
        if (!MustBeAlive(vm, ref message))
        {
            return false;
        }

        if (!_machines.Stop(_machines[vm]))
        {
            message.Append("asked to shut down; press s again to stop it at once");
        }

        return true;
    }

    /// <inheritdoc/>
    public override bool Pause(int vm, ref TextBuilder message)
    {
        if (!MustBeAlive(vm, ref message))
        {
            return false;
        }

        _machines.Pause(_machines[vm]);
        return true;
    }

    /// <inheritdoc/>
    public override bool Resume(int vm, ref TextBuilder message)
    {
        if (!MustBeAlive(vm, ref message))
        {
            return false;
        }

        _machines.Resume(_machines[vm]);
        return true;
    }

    /// <inheritdoc/>
    public override bool Reset(int vm, ref TextBuilder message)
    {
        if (!MustBeAlive(vm, ref message))
        {
            return false;
        }

        VirtualMachine machine = _machines[vm];
        if (_machines.Reset(machine))
        {
            return true;
        }

        message.Append(machine.StopReason.Text);
        return false;
    }

    /// <inheritdoc/>
    public override bool PowerOffMachine(ref TextBuilder message)
    {
        if (!_host.CanPowerOff)
        {
            message.Append("this machine's ACPI tables do not say how to switch it off; use its power button");
            return false;
        }

        _log.Write(LogLevel.Info, "hypercore: power off");
        _host.PowerOff();
        message.Append("the machine did not switch off; use its power button");
        return false;
    }

    /// <inheritdoc/>
    public override bool DescribeBootEntryChange(ref TextBuilder message)
    {
        if (_bootEntries is not { } entries)
        {
            return false;
        }

        if (entries.WhyNot is { } why)
        {
            message.Append(why);
            return false;
        }

        entries.Refresh();
        if (entries.IsInstalled)
        {
            message.Append("Press e again to remove ");
            BootEntryName.Append(ref message, entries.Number);
            message.Append(" from this machine's boot menu.");
        }
        else
        {
            message.Append("Press e again to add ");
            message.Append(entries.Program.Length > 0 ? entries.Program : "HyperCore");
            message.Append(" to the boot menu.");
        }

        return true;
    }

    /// <inheritdoc/>
    public override bool ChangeBootEntry(ref TextBuilder message)
    {
        if (_bootEntries is not { } entries)
        {
            return false;
        }

        Span<char> buffer = stackalloc char[BootEntryName.Length];
        bool removes = entries.IsInstalled;
        int number = entries.Number;
        bool done = removes ? entries.TryRemove(ref message) : entries.TryInstall(ref message);
        if (!done)
        {
            _log.Write(LogLevel.Error, $"boot entry: not {(removes ? "removed" : "added")} reason=\"{message.Text}\"");
            return false;
        }

        ReadOnlySpan<char> name = BootEntryName.Format(buffer, removes ? number : entries.Number);
        _log.Write(LogLevel.Info, $"boot entry: {name} {(removes ? "removed" : "added")}");
        message.Append(removes ? "Removed from the boot menu: " : "In this machine's boot menu: ");
        message.Append(name);
        if (!removes)
        {
            BootEntryName.AppendPlace(ref message, entries.Place);
        }

        message.Append('.');
        return true;
    }

    /// <inheritdoc/>
    public override bool BackToFirmware(ref TextBuilder message)
    {
        if (_machines.AnyAlive)
        {
            message.Append("a virtual machine is still running; stop it first, because the machine is reset");
            return false;
        }

        _log.Write(LogLevel.Info, "hypercore: reset to firmware");
        _host.Reset();
        message.Append("the machine did not reset; use its reset button");
        return false;
    }

    private bool MustBeAlive(int vm, ref TextBuilder message)
    {
        if (!_machines[vm].IsAlive)
        {
            message.Append("it is not running");
            return false;
        }

        return true;
    }
}
