using System;
using HyperCore.Core.Console;
using HyperCore.Core.Diagnostics;

namespace HyperCore.Core.Menu;

/// <summary>
/// What the keys do to a VM. Where work may be lost (a reset; a stop when nobody in the VM listens to the power button) the key has to be
/// pressed twice.
/// </summary>
internal sealed class VmCommands
{
    private readonly MenuModel _menu;
    private readonly MachineView _machine;
    private readonly MenuActions _actions;
    private readonly char[] _scratch = new char[240];
    private readonly char[] _message = new char[240];
    private MenuKey _armedKey;
    private int _armedVm;
    private int _stoppingVm = -1;

    public VmCommands(MenuModel menu, MachineView machine, MenuActions actions)
    {
        _menu = menu;
        _machine = machine;
        _actions = actions;
    }

    /// <summary>A key that asks again is no longer waited for.</summary>
    public void Disarm() => _armedKey = MenuKey.None;

    /// <summary>Tells the end of what was begun: a VM that was asked to shut down has done so.</summary>
    public void Tick()
    {
        if (_stoppingVm < 0 || _stoppingVm >= _machine.VmCount)
        {
            return;
        }

        _machine.GetVmStatus(_stoppingVm, out VmStatus status);
        if (!status.IsAlive)
        {
            Tell(_stoppingVm, true, default, "Stopped.", "");
            _stoppingVm = -1;
        }
        else if (!status.IsStopping)
        {
            _stoppingVm = -1;
        }
    }

    /// <summary>Starts a VM, or brings it to the foreground.</summary>
    public void Open(int vm)
    {
        var message = new TextBuilder(_scratch);
        _machine.GetVmStatus(vm, out VmStatus status);
        if (!status.IsAlive)
        {
            if (_menu.CanStart(report: true))
            {
                Tell(vm, _actions.Start(vm, ref message), message.Text, "", "It could not be started.");
            }

            return;
        }

        if (status.State == VmState.Paused && !_actions.Resume(vm, ref message))
        {
            Tell(vm, false, message.Text, "", "It could not be resumed.");
            return;
        }

        message.Clear();
        Tell(vm, _actions.BringToForeground(vm, ref message), message.Text, "", "It could not be brought to the foreground.");
    }

    /// <summary>Stops, pauses, resumes or resets a VM.</summary>
    public void Control(int vm, MenuKey key)
    {
        bool isSecond = _armedKey == key && _armedVm == vm;
        Disarm();
        var message = new TextBuilder(_scratch);
        _machine.GetVmStatus(vm, out VmStatus status);
        if (!status.IsAlive)
        {
            Tell(vm, false, default, "", "It is not running.");
        }
        else if (key == MenuKey.S)
        {
            Stop(vm, status, isSecond);
        }
        else if (key == MenuKey.R)
        {
            if (!isSecond)
            {
                Arm(vm, key, "Press r again to reset it. What it has not saved is lost.");
                return;
            }

            Tell(vm, _actions.Reset(vm, ref message), message.Text, "Reset.", "It could not be reset.");
        }
        else if (status.State == VmState.Paused)
        {
            Tell(vm, _actions.Resume(vm, ref message), message.Text, "Running again.", "It could not be resumed.");
        }
        else
        {
            Tell(vm, _actions.Pause(vm, ref message), message.Text, "Paused.", "It could not be paused.");
        }
    }

    private void Stop(int vm, in VmStatus status, bool isSecond)
    {
        bool listens = status.CanShutDown && status.State == VmState.Running && !status.IsStopping;
        if (!listens && !status.IsStopping && !isSecond)
        {
            Arm(vm, MenuKey.S, status.State == VmState.Paused
                ? "Press s again to stop it. Paused, it cannot shut down by itself; what it has not saved is lost."
                : "Press s again to stop it. It cannot shut down by itself; what it has not saved is lost.");
            return;
        }

        var message = new TextBuilder(_scratch);
        bool done = _actions.Stop(vm, ref message);
        _machine.GetVmStatus(vm, out VmStatus after);
        if (done && after.IsStopping)
        {
            _stoppingVm = vm;
            Tell(vm, true, "Shutting down. Press s again to stop it at once.", "", "");
        }
        else
        {
            Tell(vm, done, message.Text, "Stopped.", "It could not be stopped.");
        }
    }

    private void Arm(int vm, MenuKey key, string question)
    {
        _armedKey = key;
        _armedVm = vm;
        Write(vm, question, MessageKind.Question);
    }

    /// <summary>Shows the result of an action on a VM: what the action says, or these words.</summary>
    private void Tell(int vm, bool done, ReadOnlySpan<char> words, string whenDone, string whenNot)
    {
        ReadOnlySpan<char> own = (done ? whenDone : whenNot).AsSpan();
        if (words.Length > 0 || own.Length > 0)
        {
            Write(vm, words.Length > 0 ? words : own, done ? MessageKind.Information : MessageKind.Error);
        }
    }

    private void Write(int vm, ReadOnlySpan<char> words, MessageKind kind)
    {
        var message = new TextBuilder(_message);
        message.Append(_machine.GetVmTitle(vm));
        message.Append(": ");
        message.Append(words);
        _menu.Report(kind, message.Text);
    }
}
