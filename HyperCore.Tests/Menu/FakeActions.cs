using System.Collections.Generic;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Menu;

namespace HyperCore.Tests.Menu;

/// <summary>Notes what was asked for, and does it to the fake VMs unless told why not.</summary>
internal sealed class FakeActions(FakeMachine machine) : MenuActions
{
    public List<string> Done { get; } = [];

    /// <summary>When not empty, everything fails with this.</summary>
    public string Refusal { get; set; } = "";

    public override bool Start(int vm, ref TextBuilder message) => Do("start", vm, VmState.Running, ref message);

    public override bool BringToForeground(int vm, ref TextBuilder message) => Do("foreground", vm, VmState.Running, ref message);

    public override bool Stop(int vm, ref TextBuilder message)
    {
        FakeMachine.FakeVm it = machine.Vms[vm];
        it.IsStopping = it.CanShutDown && it.State == VmState.Running && !it.IsStopping;
        return it.IsStopping ? Note($"ask {it.Name}", ref message) : Do("stop", vm, VmState.Stopped, ref message);
    }

    public override bool Pause(int vm, ref TextBuilder message) => Do("pause", vm, VmState.Paused, ref message);

    public override bool Resume(int vm, ref TextBuilder message) => Do("resume", vm, VmState.Running, ref message);

    public override bool Reset(int vm, ref TextBuilder message) => Do("reset", vm, VmState.Running, ref message);

    public override bool PowerOffMachine(ref TextBuilder message) => Note("poweroff", ref message);

    public override bool BackToFirmware(ref TextBuilder message) => Note("firmware", ref message);

    public override bool DescribeBootEntryChange(ref TextBuilder message)
    {
        message.Append(Refusal.Length == 0 ? "Press e again to add HyperCore." : Refusal);
        return Refusal.Length == 0;
    }

    public override bool ChangeBootEntry(ref TextBuilder message) => Note("boot entry", ref message);

    private bool Do(string what, int vm, VmState state, ref TextBuilder message)
    {
        if (!Note($"{what} {machine.Vms[vm].Name}", ref message))
        {
            return false;
        }

        machine.Vms[vm].State = state;
        return true;
    }

    private bool Note(string what, ref TextBuilder message)
    {
        Done.Add(what);
        message.Append(Refusal);
        return Refusal.Length == 0;
    }
}
