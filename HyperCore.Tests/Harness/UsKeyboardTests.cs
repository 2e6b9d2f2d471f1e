using System;
using Xunit;

namespace HyperCore.Tests.Harness;

public class UsKeyboardTests
{
    [Theory]
    [InlineData('a', "a")]
    [InlineData('Z', "shift z")]
    [InlineData('7', "7")]
    [InlineData('&', "shift 7")]
    [InlineData(')', "shift 0")]
    [InlineData('|', "shift backslash")]
    [InlineData('/', "slash")]
    [InlineData('\n', "ret")]
    public void KeysFor_Character_AreThoseOfUsKeyboard(char character, string keys) =>
        Assert.Equal(keys, string.Join(' ', UsKeyboard.KeysFor(character)));

    [Fact]
    public void KeysFor_CharacterWithoutKey_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => UsKeyboard.KeysFor('é'));
}
