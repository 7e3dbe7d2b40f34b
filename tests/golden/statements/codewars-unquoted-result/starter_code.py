def shout(text):
    