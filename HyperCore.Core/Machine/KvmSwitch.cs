using System;
using HyperCore.Core.Diagnostics;

namespace HyperCore.Core.Machine;

/// <summary>
/// Who has the screen, keyboard and mouse: one VM, or the menu. Nobody else sees a keystroke, and a VM that loses the keyboard sees every
/// key released.
/// </summary>
public sealed class KvmSwitch
{
    private readonly Log _log;
    private readonly MenuScreens _menu;
    private readonly Dispatcher _dispatcher;

    /// <summary>Creates the switch; it points at nothing until <see cref="ShowMenu"/>.</summary>
    public KvmSwitch(Log log, MenuScreens menu, Dispatcher dispatcher)
    {
        _log = log;
        _menu = menu;
        _dispatcher = dispatcher;
    }

    /// <summary>The foreground VM; null while the menu is shown.</summary>
    public VirtualMachine? Foreground { get; private set; }

    /// <summary>The VM that was in the foreground before the menu.</summary>
    public VirtualMachine? Last { get; private set; }

    /// <summary>Points the switch at the menu.</summary>
    public void ShowMenu()
    {
        Release();
        _dispatcher.SetForeground(null);
        _menu.Open();
        _log.Write(LogLevel.Info, "foreground: menu".AsSpan());
        _log.Write(LogLevel.Info, "menu: shown".AsSpan());
    }

    /// <summary>Points the switch at a VM that is alive.</summary>
    public void Show(VirtualMachine vm)
    {
        ulong start = _dispatcher.ConsoleNow;
        Release();
        _menu.Close();
        Foreground = vm;
        Last = vm;
        vm.ForgetRequest();
        vm.Show();
        ulong shown = _dispatcher.ConsoleNow;
        _dispatcher.SetForeground(vm.Group);
        _log.Write(LogLevel.Info, $"foreground: {vm.Config.Name}");
        _log.Write(LogLevel.Debug, $"switch: {vm.Config.Name} on the screen after {shown - start} ns");
    }

    private void Release()
    {
        if (Foreground is not { } vm)
        {
            return;
        }

        Foreground = null;
        if (!vm.IsAlive)
        {
            return;
        }

        vm.Enter();
        vm.Platform.Keyboard.Keyboard.ReleaseAllKeys();
        vm.Platform.Keyboard.Mouse.ReleaseAllButtons();
        vm.Leave();
        vm.Hide();
    }
}
