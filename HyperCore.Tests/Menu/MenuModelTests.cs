using System.Linq;
using CsCheck;
using HyperCore.Core.Console;
using HyperCore.Core.Menu;
using HyperCore.Tests.Console;
using Xunit;

namespace HyperCore.Tests.Menu;

public sealed class MenuModelTests
{
    private const ulong Second = 1_000_000_000;

    private readonly FakeMachine _machine = FakeMachine.CreateUsual();
    private readonly FakeActions _actions;
    private readonly MenuModel _model;

    public MenuModelTests()
    {
        _actions = new FakeActions(_machine);
        _model = new MenuModel(_machine, _actions);
    }

    private string Message => _model.Message.ToString();

    [Fact]
    public void MenuModel_ArrowsAndDigits_Choose()
    {
        Press(MenuKey.Up);
        Assert.Equal(0, _model.Selected);
        Press(MenuKey.Down, MenuKey.Down);
        Assert.Equal(2, _model.Selected);
        Press(MenuKey.End, MenuKey.Down);
        Assert.Equal(3, _model.Selected);
        Press(MenuKey.Digit1 + 1);
        Assert.Equal(1, _model.Selected);
        Press(MenuKey.Digit9);
        Assert.Equal(1, _model.Selected);
        Assert.Equal("There is no virtual machine of that number.", Message);
        Assert.Equal(MessageKind.Error, _model.MessageKind);
    }

    [Theory]
    [InlineData(VmState.Stopped, "start mail")]
    [InlineData(VmState.Failed, "start mail")]
    [InlineData(VmState.Starting, "foreground mail")]
    [InlineData(VmState.Running, "foreground mail")]
    [InlineData(VmState.Paused, "resume mail,foreground mail")]
    public void MenuModel_Enter_DoesWhatTheStateAsksFor(VmState state, string done)
    {
        _machine.Vms[0].State = state;
        Press(MenuKey.Enter);
        Assert.Equal(done, string.Join(',', _actions.Done));
    }

    [Theory]
    [InlineData(MenuKey.P, VmState.Running, "pause mail", "Mail and browser: Paused.")]
    [InlineData(MenuKey.P, VmState.Paused, "resume mail", "Mail and browser: Running again.")]
    [InlineData(MenuKey.S, VmState.Running, "", "Mail and browser: Press s again to stop it. It cannot shut down by itself; what it has not saved is lost.")]
    [InlineData(MenuKey.S, VmState.Paused, "", "Mail and browser: Press s again to stop it. Paused, it cannot shut down by itself; what it has not saved is lost.")]
    [InlineData(MenuKey.R, VmState.Paused, "", "Mail and browser: Press r again to reset it. What it has not saved is lost.")]
    [InlineData(MenuKey.R, VmState.Stopped, "", "Mail and browser: It is not running.")]
    [InlineData(MenuKey.S, VmState.Failed, "", "Mail and browser: It is not running.")]
    public void MenuModel_LetterKeys_ControlTheChosenVm(MenuKey key, VmState state, string done, string message)
    {
        _machine.Vms[0].State = state;
        Press(key);
        Assert.Equal(done, string.Join(',', _actions.Done));
        Assert.Equal(message, Message);
    }

    [Fact]
    public void MenuModel_ActionRefused_SaysWhy()
    {
        _actions.Refusal = "\\EFI\\HyperCore\\demo\\vmlinuz was not found.";
        Press(MenuKey.Down, MenuKey.Enter);
        Assert.Equal("Demo Linux: " + _actions.Refusal, Message);
        Assert.Equal(MessageKind.Error, _model.MessageKind);
        Press(MenuKey.Up);
        Assert.Equal("", Message);
        Press(MenuKey.B);
        Assert.Equal(_actions.Refusal, Message);
    }

    [Fact]
    public void MenuModel_BootEntry_IsChangedAtTheSecondPress()
    {
        Press(MenuKey.E);
        Assert.Equal("Press e again to add HyperCore.", Message);
        Assert.Equal(MessageKind.Question, _model.MessageKind);
        Assert.Empty(_actions.Done);
        Press(MenuKey.E);
        Assert.Equal(["boot entry"], _actions.Done);
        Assert.Equal(MessageKind.Information, _model.MessageKind);

        // That was the answer: the next press asks again, and so does one after another key.
        Press(MenuKey.E, MenuKey.Down, MenuKey.E);
        Assert.Equal(["boot entry"], _actions.Done);
        _model.Show();
        Press(MenuKey.E);
        Assert.Equal(["boot entry"], _actions.Done);
    }

    [Fact]
    public void MenuModel_BootEntry_NotPossible_SaysWhy()
    {
        _actions.Refusal = "There are no variables.";
        Press(MenuKey.E, MenuKey.E);
        Assert.Empty(_actions.Done);
        Assert.Equal("There are no variables.", Message);
        Assert.Equal(MessageKind.Error, _model.MessageKind);
    }

    [Fact]
    public void MenuModel_Countdown_StartsTheDefault()
    {
        _model.StartCountdown(1, 5, 10 * Second);
        _model.Tick(14 * Second);
        Assert.Equal(1UL, _model.GetRemainingSeconds(14 * Second));
        Assert.Empty(_actions.Done);
        _model.Tick(15 * Second);
        _model.Tick(16 * Second);
        Assert.Equal(["start demo"], _actions.Done);
        Assert.Equal(1, _model.Selected);
        Assert.Equal(-1, _model.CountdownVm);
    }

    [Fact]
    public void MenuModel_CountdownOfNothing_StartsAtOnce()
    {
        _model.StartCountdown(1, 0, Second);
        _model.Tick(Second);
        Assert.Equal(["start demo"], _actions.Done);
    }

    [Fact]
    public void MenuModel_AnyKey_StopsTheCountdownAndSaysSo()
    {
        _model.StartCountdown(1, 5, 0);
        Press(MenuKey.None);
        Assert.Equal(1, _model.CountdownVm);
        Press(MenuKey.Other);
        Assert.StartsWith("Automatic start is off.", Message);
        _model.Tick(100 * Second);
        Assert.Empty(_actions.Done);
    }

    [Theory]
    [InlineData(ConfigurationState.Bad, "")]
    [InlineData(ConfigurationState.Missing, "")]
    [InlineData(ConfigurationState.Good, "SVM is switched off.")]
    public void MenuModel_VmsCannotStart_NeitherByKeyNorByCountdown(ConfigurationState state, string obstacle)
    {
        _machine.State = state;
        _machine.Obstacle = obstacle;
        _model.StartCountdown(1, 0, 0);
        _model.Tick(Second);
        Press(MenuKey.Down, MenuKey.Enter);
        Assert.Empty(_actions.Done);
        Assert.Equal(MessageKind.Error, _model.MessageKind);
        Assert.NotEqual("", Message);
    }

    [Theory]
    [InlineData("y", true)]
    [InlineData("z", true)]
    [InlineData("n", false)]
    [InlineData("\r", false)]
    [InlineData("\x1B", false)]
    [InlineData(">\r", true)]
    [InlineData("><\r", false)]
    [InlineData("xsy", true)]
    public void MenuModel_PowerOff_AsksFirst(string answer, bool off)
    {
        Press(MenuKey.Q);
        Assert.True(_model.AsksPowerOff);
        foreach (char c in answer)
        {
            Press(c switch
            {
                '>' => MenuKey.Right,
                '<' => MenuKey.Left,
                'x' => MenuKey.Other,
                _ => (MenuKey)c,
            });
        }

        Assert.False(_model.AsksPowerOff);
        Assert.Equal(off ? ["poweroff"] : [], _actions.Done);
    }

    [Theory]
    [InlineData(MenuKey.S, "stop mail", "Mail and browser: Stopped.")]
    [InlineData(MenuKey.R, "reset mail", "Mail and browser: Reset.")]
    public void MenuModel_WorkMayBeLost_KeyHasToBePressedTwice(MenuKey key, string done, string message)
    {
        Press(key);
        Assert.Equal(MessageKind.Question, _model.MessageKind);
        Press(MenuKey.Other, key);
        Assert.Empty(_actions.Done);
        Press(MenuKey.Down, MenuKey.Up, key);
        Assert.Empty(_actions.Done);
        Press(key);
        Assert.Equal([done], _actions.Done);
        Assert.Equal(message, Message);
    }

    [Fact]
    public void MenuModel_TwoKeysThatAsk_DoNotAnswerEachOther()
    {
        Press(MenuKey.S, MenuKey.R, MenuKey.S);
        Assert.Empty(_actions.Done);
        Press(MenuKey.Digit1 + 2, MenuKey.S);
        Assert.Empty(_actions.Done);
    }

    [Fact]
    public void MenuModel_GuestListensToPowerButton_IsAskedFirstAndForcedThen()
    {
        _machine.Vms[0].CanShutDown = true;
        Press(MenuKey.S);
        Assert.Equal(["ask mail"], _actions.Done);
        Assert.Equal("Mail and browser: Shutting down. Press s again to stop it at once.", Message);
        _model.Tick(Second);
        Assert.StartsWith("Mail and browser: Shutting down.", Message);
        Press(MenuKey.S);
        Assert.Equal(["ask mail", "stop mail"], _actions.Done);
    }

    [Fact]
    public void MenuModel_AskedGuestShutsDown_SaysSo()
    {
        _machine.Vms[0].CanShutDown = true;
        Press(MenuKey.S);
        _machine.Vms[0].State = VmState.Stopped;
        _machine.Vms[0].IsStopping = false;
        _model.Tick(Second);
        Assert.Equal("Mail and browser: Stopped.", Message);
        Press(MenuKey.Down);
        _model.Tick(2 * Second);
        Assert.Equal("", Message);
    }

    [Fact]
    public void MenuModel_ShownAgain_ChoosesTheForegroundVm()
    {
        _machine.Vms[0].Foreground = false;
        _machine.Vms[2].Foreground = true;
        _model.Show();
        Assert.Equal(2, _model.Selected);
    }

    [Fact]
    public void MenuModel_Log_FollowsTheEndAndStandsStillElsewhere()
    {
        var screen = new TextScreen(80, 20);
        var view = new MenuView(_model, _machine, screen);
        AddLog(0, 40);
        Press(MenuKey.L);
        view.Draw();
        Assert.True(ScreenText.Find(screen, "line 39") > 0);
        AddLog(40, 1);
        view.Draw();
        Assert.True(ScreenText.Find(screen, "line 40") > 0);
        Assert.True(ScreenText.Find(screen, "following") > 0);

        Press(MenuKey.PageUp, MenuKey.PageUp);
        view.Draw();
        string before = Body(screen);
        Assert.DoesNotContain("line 39", before);
        Assert.Equal(-1, ScreenText.Find(screen, "following"));
        AddLog(41, 10);
        view.Draw();
        Assert.Equal(before, Body(screen));

        Press(MenuKey.Home);
        view.Draw();
        Assert.Equal(2, ScreenText.Find(screen, "hypercore: version"));
        Press(MenuKey.Up, MenuKey.End);
        view.Draw();
        Assert.True(_model.Log.Follows);
        Assert.True(ScreenText.Find(screen, "line 50") > 0);
    }

    [Fact]
    public void MenuModel_OldLinesAreForgotten_ReaderOfThemSeesTheOldestThereAre()
    {
        var screen = new TextScreen(80, 20);
        var view = new MenuView(_model, _machine, screen);
        Press(MenuKey.L);
        AddLog(0, 40);
        Press(MenuKey.Home);
        AddLog(40, 1000);
        view.Draw();
        Assert.Equal(2, ScreenText.Find(screen, "line 528"));
        Press(MenuKey.Down, MenuKey.PageDown);
        view.Draw();
        Assert.False(_model.Log.Follows);
    }

    [Fact]
    public void MenuModel_Log_IsTheVmsOrHyperCores()
    {
        var screen = new TextScreen(80, 20);
        var view = new MenuView(_model, _machine, screen);
        _machine.Vms[1].Console.Add("demo login:", isEnded: false);
        Press(MenuKey.Down, MenuKey.L);
        Assert.Equal(1, _model.Log.Source);
        view.Draw();
        Assert.Equal(2, ScreenText.Find(screen, "demo login:"));
        _machine.Vms[1].Console.Add(" root");
        view.Draw();
        Assert.Equal(2, ScreenText.Find(screen, "demo login: root"));

        Press(MenuKey.Tab);
        Assert.Equal(LogPager.Own, _model.Log.Source);
        Press(MenuKey.Tab);
        Assert.Equal(1, _model.Log.Source);
        Press(MenuKey.Left);
        Assert.Equal(0, _model.Log.Source);
        Press(MenuKey.Left);
        Assert.Equal(LogPager.Own, _model.Log.Source);
        Press(MenuKey.Left);
        Assert.Equal(3, _model.Log.Source);
        Assert.Equal(3, _model.Selected);
        Press(MenuKey.Right);
        Assert.Equal(LogPager.Own, _model.Log.Source);
        Press(MenuKey.Digit1 + 2, MenuKey.L);
        Assert.Equal(MenuPage.Main, _model.Page);
        Assert.Equal(2, _model.Selected);
    }

    [Fact]
    public void MenuModel_Info_IsOfTheChosenVmThenOfOthers()
    {
        var screen = new TextScreen(80, 20);
        var view = new MenuView(_model, _machine, screen);
        Press(MenuKey.I);
        Assert.Equal(MenuPage.Info, _model.Page);
        view.Draw();
        Assert.True(ScreenText.Find(screen, "running, in the foreground") > 0);
        Press(MenuKey.End);
        view.Draw();
        Assert.True(ScreenText.Find(screen, "console=tty0") > 0);
        Press(MenuKey.Tab);
        view.Draw();
        Assert.True(ScreenText.Find(screen, "Ctrl+Alt+Home") > 0);
        Press(MenuKey.Tab, MenuKey.Right, MenuKey.Right, MenuKey.P);
        Assert.Equal(2, _model.InfoVm);
        Assert.Equal(["resume build"], _actions.Done);
        Press(MenuKey.L, MenuKey.I, MenuKey.Escape);
        Assert.Equal(MenuPage.Main, _model.Page);
        Assert.Equal(0, _model.Scroll);
    }

    [Fact]
    public void MenuModel_NoVms_PagesAreAboutTheMachine()
    {
        var machine = new FakeMachine();
        var model = new MenuModel(machine, new FakeActions(machine));
        foreach (MenuKey key in new[] { MenuKey.I, MenuKey.Tab, MenuKey.Left, MenuKey.Right })
        {
            model.Handle(key);
            Assert.Equal(MenuModel.Machine, model.InfoVm);
        }

        model.Handle(MenuKey.L);
        model.Handle(MenuKey.Tab);
        Assert.Equal(LogPager.Own, model.Log.Source);
    }

    [Fact]
    public void MenuModel_Refresh_AsksForADrawing()
    {
        Assert.False(_model.TakeRedraw());
        Press(MenuKey.Refresh);
        Assert.True(_model.TakeRedraw());
        Assert.False(_model.TakeRedraw());
    }

    [Fact]
    public void MenuModel_AnyKeysOnAnyMachine_NeverFailsAndStaysWithinTheScreen() =>
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 0x110].Array[0, 40], Gen.Int[80, 240], Gen.Int[20, 67], Gen.Enum<ConfigurationState>()).Sample(
            (vms, keys, columns, rows, configuration) =>
            {
                var machine = new FakeMachine { State = configuration };
                for (int i = 0; i < vms; i++)
                {
                    machine.Vms.Add(new FakeMachine.FakeVm($"vm{i}", $"Machine number {i}", (VmState)(i % 5)) { Reason = new string('r', i * 20) });
                    machine.Problems.Add($"hypercore.conf:{i}:3: " + new string('p', i * 30));
                }

                var model = new MenuModel(machine, new FakeActions(machine));
                var view = new MenuView(model, machine, new TextScreen(columns, rows));
                foreach (int key in keys)
                {
                    model.Handle((MenuKey)key);
                    model.Tick((ulong)key * Second);
                    view.Draw();
                    Assert.InRange(model.Selected, 0, System.Math.Max(vms - 1, 0));
                }
            });

    private static string Body(TextScreen screen) =>
        string.Join('\n', Enumerable.Range(2, 14).Select(row => ScreenText.Row(screen, row).TrimEnd('│', '█')));

    private void AddLog(int first, int count)
    {
        for (int i = first; i < first + count; i++)
        {
            _machine.AddLog($"[   20.{i:D6}] info  line {i}");
        }
    }

    private void Press(params MenuKey[] keys)
    {
        foreach (MenuKey key in keys)
        {
            _model.Handle(key);
        }
    }
}
