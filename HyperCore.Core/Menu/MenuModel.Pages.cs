using System;
using HyperCore.Core.Console;

namespace HyperCore.Core.Menu;

/// <summary>The keys of the pages of text, and the ways to them.</summary>
public sealed partial class MenuModel
{
    private void HandleText(MenuKey key)
    {
        switch (key)
        {
            case MenuKey.Escape or MenuKey.Enter or MenuKey.Q:
                Turn(MenuPage.Main);
                break;
            case MenuKey.L:
                Toggle(MenuPage.Log);
                break;
            case MenuKey.I:
                Toggle(MenuPage.Info);
                break;
            case MenuKey.Tab:
                ShowSubject(Subject == Machine ? Selected : Machine);
                break;
            case MenuKey.Left:
                ShowSubject(Subject == Machine ? _machine.VmCount - 1 : Subject - 1);
                break;
            case MenuKey.Right:
                ShowSubject(Subject + 1 < _machine.VmCount ? Subject + 1 : Machine);
                break;
            case >= MenuKey.Digit1 and <= MenuKey.Digit9:
                SelectNumber(key - MenuKey.Digit1);
                break;
            case MenuKey.S or MenuKey.P or MenuKey.R:
                if (Page == MenuPage.Info && InfoVm != Machine)
                {
                    _commands.Control(InfoVm, key);
                }

                break;
            default:
                HandleScroll(key);
                break;
        }
    }

    private void HandleScroll(MenuKey key)
    {
        const int All = 1_000_000;
        int page = Math.Max(_pageRows - 1, 1);
        int by = key switch
        {
            MenuKey.Up => -1,
            MenuKey.Down => 1,
            MenuKey.PageUp => -page,
            MenuKey.PageDown or MenuKey.Space => page,
            MenuKey.Home => -All,
            MenuKey.End => All,
            _ => 0,
        };
        if (Page == MenuPage.Log)
        {
            Log.Scroll(by);
        }
        else
        {
            Scroll = Math.Clamp(Scroll + by, 0, Math.Max(InfoLines - Math.Min(_pageRows, InfoLines), 0));
        }
    }

    private void Turn(MenuPage page)
    {
        Page = page;
        Scroll = 0;
    }

    private void Toggle(MenuPage page)
    {
        if (Page == page)
        {
            Turn(MenuPage.Main);
        }
        else if (page == MenuPage.Log)
        {
            OpenLog();
        }
        else
        {
            OpenInfo();
        }
    }

    /// <summary>What the page of text is about: a VM, or the machine with HyperCore.</summary>
    private int Subject => Page == MenuPage.Log ? Log.Source : InfoVm;

    /// <summary>The chosen VM's own words when it has said any, else HyperCore's.</summary>
    private void OpenLog()
    {
        bool spoke = _machine.VmCount > 0 && _machine.GetVmConsole(Selected) is { Count: > 0 };
        Turn(MenuPage.Log);
        Log.Open(spoke ? Selected : LogPager.Own);
    }

    private void OpenInfo()
    {
        Turn(MenuPage.Info);
        InfoVm = _machine.VmCount > 0 ? Selected : Machine;
    }

    private void ShowSubject(int subject)
    {
        subject = subject < _machine.VmCount ? subject : Machine;
        Scroll = 0;
        if (subject != Machine)
        {
            Select(subject);
        }

        if (Page == MenuPage.Log)
        {
            Log.Open(subject);
        }
        else
        {
            InfoVm = subject;
        }
    }
}
