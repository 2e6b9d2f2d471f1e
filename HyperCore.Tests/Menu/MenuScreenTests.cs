using HyperCore.Core.Console;
using HyperCore.Core.Menu;
using HyperCore.Tests.Console;
using Xunit;

namespace HyperCore.Tests.Menu;

/// <summary>The menu drawn on displays of many sizes, saved as pictures and checked as text.</summary>
public sealed class MenuScreenTests
{
    [Theory]
    [InlineData(640, 400)]
    [InlineData(800, 600)]
    [InlineData(1024, 768)]
    [InlineData(1280, 800)]
    [InlineData(1920, 1080)]
    [InlineData(3840, 2160)]
    public void Menu_OnEveryResolution_ShowsVmsMachineAndKeys(int width, int height)
    {
        using var display = new FakeDisplay(width, height);
        var renderer = new FramebufferRenderer(display.Framebuffer);
        TextScreen screen = renderer.CreateScreen();
        FakeMachine machine = FakeMachine.CreateUsual();
        var model = new MenuModel(machine, new FakeActions(machine));
        var view = new MenuView(model, machine, screen);
        view.Draw();
        renderer.Redraw(screen);
        display.Save($"menu-{width}x{height}");

        display.AssertGuardsIntact();
        display.AssertEveryPixelDrawn();
        string text = ScreenText.All(screen);
        Assert.Contains("HyperCore 0.1.0", text);
        Assert.Contains("Mail and browser", text);
        Assert.Contains("✗ failed", text);
        Assert.Contains("SVM", text);
        Assert.Contains("5632M free of 8G", text);
        Assert.Contains("Enter", ScreenText.Row(screen, screen.Rows - 1));
    }
}
