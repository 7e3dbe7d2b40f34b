# kind: time
# expect: wall
import select
reading, writing = os.pipe()
select.select([reading], [], [])
